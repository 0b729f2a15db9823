"""Where every start begins. Imports only what costs nothing: `parity run` in a synced project ends in this file."""

from __future__ import annotations

import os
import sys

from parity.cli import interruptions

# Most of what a command makes is there until it ends: looking through it again and again finds nothing.
_COLLECT_AFTER = 500_000

TYPE_CHECKING = False  # importing typing would cost more than this module
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import NoReturn

    from parity.engines.store.roots import Roots


def program() -> NoReturn:
    """Run parity with the process's own words and end the process.

    Where rattler was at work, a thread of it may still let go of Python's objects while the interpreter is taken down,
    and that crashes one run in five: the process then ends without taking anything down.
    """
    interruptions.listen()
    status = main()
    interruptions.turn_away()
    if "rattler" in sys.modules:
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except OSError:  # nobody reads it any more
                continue
        os._exit(status)
    sys.exit(status)


def main(argv: Sequence[str] | None = None) -> int:
    """Run parity with these words (default: the process's own) and return its exit code."""
    words = list(sys.argv[1:] if argv is None else argv)
    if argv is None and os.path.basename(sys.argv[0]) == "pyenv":
        words = ["pyenv", *words]
    if sys.stdout is None or sys.stderr is None:
        _open_closed_streams()
    try:
        status = _short_way(words)
        if status is not None:
            return status
        import gc  # noqa: PLC0415 - the short way makes nothing to collect

        from parity.cli.dispatch import dispatch  # noqa: PLC0415 - the long way, only where there is something to do

        gc.set_threshold(_COLLECT_AFTER)
        return dispatch(words)
    except KeyboardInterrupt as interrupt:
        for note in getattr(interrupt, "__notes__", ()):  # what was tidied up on the way out
            sys.stderr.write(f"{note}\n")
        return interruptions.status_of(interrupt)


def _open_closed_streams() -> None:
    """Let what is written go nowhere where whoever started parity closed a standard stream (`2>&-`)."""
    sys.stdout = sys.stdout or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - open until the end
    sys.stderr = sys.stderr or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - same


def _short_way(words: Sequence[str]) -> int | None:
    """Take the short way where it leads to the end; whatever stands in it, the long way meets too and names."""
    try:
        return _nothing_to_do(words)
    except (OSError, LookupError, ValueError):
        return None


def _nothing_to_do(words: Sequence[str]) -> int | None:
    """Answer the two commonest commands where everything is as it was at the last sync; None where it is not.

    And `rollback`, which is typed when something has just gone wrong, where the environment is there.
    """
    if words[:1] == ["rollback"]:
        return _go_back(words[1:])
    if words[:1] in (["hook"], ["complete"]):
        return _tell_shell(words[0], words[1]) if len(words) == 2 else None  # noqa: PLR2004 - what a shell itself types
    named = len(words) > 3 and words[0] == "run" and words[1] in {"-n", "-p"}  # noqa: PLR2004 - and a command
    command = words[3 if named else 1 :] if words[:1] == ["run"] else []
    running = bool(command) and not command[0].startswith("-")
    if not running and list(words) != ["sync"]:
        return None
    from parity.workflows import quick, wiring  # noqa: PLC0415 - `parity --help` needs neither

    scripted = running and command[0].endswith(".py")
    if named:
        return None if scripted or not words[2] else _run_named(words[1], words[2], command)
    roots = wiring.roots(os.environ)
    if scripted:
        return _run_script(roots, command)
    environment = quick.settled(roots, os.getcwd(), os.environ, tell=sys.stderr.write if running else None)
    if environment is None and not running:
        environment = quick.adopt(roots, os.getcwd(), os.environ)
    if environment is None:
        return None
    if running:
        return _become(roots, environment, command)
    sys.stderr.write(f"in sync: .venv is {environment.removeprefix(roots.environment(''))}\n")
    return 0


def _tell_shell(command: str, kind: str) -> int | None:
    """Print a shell's integration at its start, or the words of a kind at every TAB; None where that takes more."""
    from parity.workflows import wiring_shells  # noqa: PLC0415 - `parity --help` needs none

    if command == "hook":
        if not wiring_shells.shims_made(os.environ):
            return None
        sys.stdout.write(wiring_shells.integration(kind, os.environ))
        return 0
    from parity.workflows import quick_words, wiring  # noqa: PLC0415 - nor does a shell's start

    if kind not in quick_words.KINDS:
        return None
    roots = wiring.roots(os.environ)
    found = quick_words.words(roots, os.getcwd(), kind, lambda: wiring_shells.versions(os.environ))
    sys.stdout.write("".join(f"{word}\n" for word in found))
    return 0


def _go_back(words: Sequence[str]) -> int | None:
    """Roll back where that takes no more than a link; None where it does."""
    named = len(words) > 1 and words[0] in {"-n", "-p"}
    numbers = words[2:] if named else words
    if len(numbers) > 1 or not all(word.isdecimal() for word in numbers):
        return None
    from parity.workflows import quick, quick_rollback, wiring  # noqa: PLC0415 - `parity --help` needs neither

    roots = wiring.roots(os.environ)
    root, title = _named(roots, words[0], words[1]) if named else (quick.project_around(roots, os.getcwd()), ".venv")
    gone = quick_rollback.go_back(roots, root, "".join(numbers)) if root else None
    if gone is None:
        return None
    origin, key, changed = gone
    what = f"back at generation {origin}" if changed else f"generation {origin} is held"
    again = f"parity sync{quick.meant(roots, root)}"
    sys.stderr.write(f"{what}: {title} is {key} (held until the next `{again}`)\n")
    return 0


def _run_named(option: str, name: str, command: Sequence[str]) -> int | None:
    """Run a command in a named environment where everything is as it was at its last sync; None where it is not."""
    from parity.workflows import quick, wiring  # noqa: PLC0415 - `parity --help` needs neither

    roots = wiring.roots(os.environ)
    root, title = _named(roots, option, name)
    environment = quick.settled_at(roots, root, os.environ, sys.stderr.write) if root else None
    if environment is None:
        return None
    return _become(roots, environment, command, title)


def _named(roots: Roots, option: str, name: str) -> tuple[str, str]:
    """Return the root of a named environment and what the user calls it; nothing where the long way must look."""
    if option == "-n":
        return ("", "") if "/" in name or name.startswith(".") else (roots.named.root_of(name), name)
    root = roots.named.root_at(name)
    return (root, roots.named.title(root)) if roots.named.is_published(root, name) else ("", "")


def _run_script(roots: Roots, command: Sequence[str]) -> int | None:
    """Run a script in the environment that it asks for, else the project's, where everything is as it was."""
    from parity.workflows import quick, quick_script  # noqa: PLC0415 - `parity --help` needs neither

    if not os.path.exists(command[0]):
        return None
    root = quick_script.root_of(roots, command[0])
    if root:
        environment = quick.settled_at(roots, root, os.environ)
    else:
        environment = quick.settled(roots, os.getcwd(), os.environ, tell=sys.stderr.write)
    if environment is None:
        return None
    if root:
        roots.named.touch(root)
    return _become(roots, environment, ["python", *command])


def _become(roots: Roots, environment: str, command: Sequence[str], title: str = "") -> int | None:
    """Become a command in an environment; None where the long way has something to say about it."""
    from parity.workflows import quick, wiring  # noqa: PLC0415 - `parity --help` needs neither

    if command[0].startswith("pip") and not os.path.exists(f"{environment}/bin/{command[0]}"):
        return None
    rows = roots.activation(environment)
    return wiring.replace_process(command, quick.applied(quick.called(rows, title) if title else rows, os.environ))
