"""`python -m parity` is the same program."""

from parity.cli.main import program

if __name__ == "__main__":
    program()
