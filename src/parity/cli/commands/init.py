"""Begin a manifest where there is none: a small `pyproject.toml`, or an `environment.yml` for conda packages.

On a terminal it asks which. Nothing is ever written over.
"""

import argparse
import sys

from parity.cli.answers import Answer
from parity.cli.context import Context
from parity.core.errors import UsageError
from parity.workflows import wiring
from parity.workflows.init import init

_QUESTION = """\
What is the project made of?
  1  distributions of PyPI, in a pyproject.toml
  2  conda packages, in an environment.yml
[1] """


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `parity init`."""
    kinds = parser.add_mutually_exclusive_group()
    kinds.add_argument("--pyproject", action="store_false", dest="conda", default=None, help="begin a `pyproject.toml`")
    kinds.add_argument("--conda", action="store_true", dest="conda", default=None, help="begin an `environment.yml`")
    parser.add_argument("--name", default="", metavar="NAME", help="what the project is called (default: its folder)")
    parser.add_argument("--python", default="", metavar="VERSION", help="the Python it is for, as in `3.12`")


def run(arguments: argparse.Namespace, context: Context) -> Answer:
    """Write the manifest."""
    conda = arguments.conda
    if conda is None:
        conda = _asked()
    path = init(
        context.directory,
        conda=conda,
        name=arguments.name,
        python=arguments.python,
        read=wiring.reader(),
        write=wiring.writer(),
    )
    summary = f"wrote {path.name}; `parity add PACKAGE` adds to it, `parity sync` makes its environment"
    return Answer(data={"path": str(path)}, summary=summary)


def _asked() -> bool:
    """Ask for the kind of manifest. Raises UsageError where nobody is there to answer."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageError("nothing says which manifest to begin", hint="say `--pyproject` or `--conda`")
    while True:
        sys.stderr.write(_QUESTION)
        sys.stderr.flush()
        answer = sys.stdin.readline()
        if answer.strip() in {"", "1", "2"} and answer:
            return answer.strip() == "2"
        if not answer:
            raise UsageError("nothing says which manifest to begin", hint="say `--pyproject` or `--conda`")
