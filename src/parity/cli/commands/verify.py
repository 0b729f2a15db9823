"""Prove that what is on disk is what was locked.

Quick looks at every file's kind, mode, size and time; `--deep` reads them all. Exit code 1 where anything drifted.
"""

import argparse
from collections.abc import Iterable

from parity.cli.answers import Answer
from parity.cli.context import Context
from parity.cli.options import add_root_options, root_of
from parity.core.amounts import counted
from parity.core.findings import Finding
from parity.core.lockfile import v1
from parity.core.verification import condensed, drift
from parity.workflows import project, quick, wiring, wiring_upkeep
from parity.workflows.lock_text import lock_text
from parity.workflows.verify import VerifyResult, verify


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `parity verify`."""
    add_root_options(parser)
    parser.add_argument("--deep", action="store_true", help="read every file and compare its SHA-256")
    parser.add_argument("--all", action="store_true", help="show every file that differs, not some of each package")


def run(arguments: argparse.Namespace, context: Context) -> Answer:
    """Verify an environment."""
    roots = wiring.roots(context.environ)
    root = root_of(arguments, context)
    environment = project.current_environment(roots, root)
    held = roots.held(str(root))  # it is another than the lock's on purpose
    text = None if held else lock_text(wiring.reader(), root)
    lock = v1.parse(text, quick.LOCK_NAME) if text else None
    result = verify(
        wiring_upkeep.verify_tools(context.environ),
        environment,
        lock,
        deep=arguments.deep,
        reporter=context.reporter,
        known=any(roots.environment(key) == environment for _, key, *_ in roots.generations(str(root))),
    )
    options = project.options_of(roots, root)
    return Answer(
        data={"mode": result.mode, "files": result.files, "environment": environment},
        findings=result.findings,
        condensed=None if arguments.all else condensed(result.findings),
        summary=f"{result.mode} verify: {_verdict(result, held)}{_remedy(result, options, all_told=arguments.all)}",
        ok=result.ok,
    )


def as_locked(findings: Iterable[Finding], files: int) -> str:
    """Return in words how many files of an environment are not what was locked, and what else is wrong."""
    differing, added, besides = drift(findings)
    if differing:
        said = [f"{differing} of {counted(files, 'file')} {'differs' if differing == 1 else 'differ'}"]
    else:
        said = [f"{counted(files, 'file')} {'is' if files == 1 else 'are'} as locked"]
    said += [f"{added} {'was' if added == 1 else 'were'} added"] if added else []
    said += [f"{counted(besides, 'error')} besides"] if besides else []
    return ", ".join(said)


def _verdict(result: VerifyResult, held: str) -> str:
    verdict = as_locked(result.findings, result.files)
    return f"{verdict}, held at generation {held}" if held else verdict


def _remedy(result: VerifyResult, options: str, *, all_told: bool) -> str:
    """Return what to do, where it is not said of every finding already."""
    if not any(finding.severity == "error" and not finding.hint for finding in result.findings):
        return ""
    what = "puts right what differs"
    if result.private:
        what = "brings back what is missing, with `--discard` it undoes your own changes too"
    every = "" if all_told else "; `--all` shows every file"
    return f"\nhint: `parity repair{options}` {what}{every}"
