"""Prove that what is on disk is what was locked.

Quick looks at every file's kind, mode, size and time; `--deep` reads them all. Exit code 1 where anything drifted.
"""

import argparse

from parity.cli.answers import Answer
from parity.cli.context import Context
from parity.cli.options import add_root_options, root_of
from parity.core.lockfile import v1
from parity.workflows import project, quick, wiring
from parity.workflows.verify import verify


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `parity verify`."""
    add_root_options(parser)
    parser.add_argument("--deep", action="store_true", help="read every file and compare its SHA-256")


def run(arguments: argparse.Namespace, context: Context) -> Answer:
    """Verify an environment."""
    roots = wiring.roots(context.environ)
    root = root_of(arguments, context)
    environment = project.current_environment(roots, root)
    text = wiring.reader()(root / quick.LOCK_NAME)
    lock = v1.parse(text, quick.LOCK_NAME) if text else None
    result = verify(
        wiring.verify_tools(context.environ),
        environment,
        lock,
        deep=arguments.deep,
        reporter=context.reporter,
        known=any(roots.environment(key) == environment for _, key, *_ in roots.generations(str(root))),
    )
    drifted = sum(finding.severity == "error" for finding in result.findings)
    verdict = f"{drifted} of {result.files} files differ" if drifted else f"{result.files} files are as locked"
    if drifted:
        verdict += (
            "\nhint: remove the folder that `.venv` leads to, and run `parity sync`: it builds the environment anew"
        )
    return Answer(
        data={"mode": result.mode, "files": result.files, "environment": environment},
        findings=result.findings,
        summary=f"{result.mode} verify: {verdict}",
        ok=result.ok,
    )
