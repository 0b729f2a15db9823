"""Say which bytecode files are not what their sources give; run by the interpreter that wrote them.

Reads `{"root": FOLDER, "files": [PATH, …]}` on standard input, writes `{"foreign": [PATH, …]}`. A file of another
interpreter or optimisation level is compiled the way its name says; one that cannot be judged counts as foreign.
"""

import json
import marshal
import os
import sys
import warnings

HEADER = 16


def optimisation(path):
    tail = os.path.basename(path).rsplit(".", 2)[-2]
    return int(tail[4:]) if tail.startswith("opt-") and tail[4:].isdigit() else 0


def source_of(path):
    folder, name = os.path.split(path)
    return os.path.join(os.path.dirname(folder), name.split(".", 1)[0] + ".py")


def given(root, path):
    source = os.path.join(root, source_of(path))
    with open(os.path.join(root, path), "rb") as file:
        written = marshal.loads(file.read()[HEADER:])  # noqa: S302 - importing it would do the same and then run it
    with open(source, "rb") as file:
        return (
            compile(file.read(), written.co_filename, "exec", dont_inherit=True, optimize=optimisation(path)) == written
        )


def is_foreign(root, path):
    if sys.implementation.cache_tag not in os.path.basename(path):
        return True
    try:
        return not given(root, path)
    except (OSError, ValueError, EOFError, TypeError, SyntaxError, AttributeError):
        return True


def main():
    warnings.simplefilter("ignore")
    request = json.load(sys.stdin)
    foreign = [path for path in request["files"] if is_foreign(request["root"], path)]
    print(json.dumps({"foreign": foreign}))


if __name__ == "__main__":
    main()
