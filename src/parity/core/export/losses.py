"""What a format cannot hold of a lock, one finding each: the loss report."""

from collections.abc import Iterable, Sequence

from parity.core.amounts import counted
from parity.core.export.model import Subject
from parity.core.findings import Finding
from parity.core.lockfile.model import LockedConda, LockedPython, LockedWheel

_FEW = 3


def named(names: Iterable[str]) -> str:
    """Return names in a sentence, the first few of them: `a`, `b` and 7 more."""
    every = list(dict.fromkeys(names))
    shown, rest = every[:_FEW], len(every) - _FEW
    if rest > 0:
        return f"{', '.join(f'`{name}`' for name in shown)} and {rest} more"
    return " and ".join(filter(None, [", ".join(f"`{name}`" for name in shown[:-1]), f"`{shown[-1]}`"]))


def assumptions(subject: Subject) -> list[Finding]:
    """Return what no other tool's file says: what was assumed of the machine, and who was asked for what."""
    lock = subject.lock
    assumed = list(dict.fromkeys(each for target in subject.targets for each in target.virtual_packages))
    assumed += [f"exclude-newer = {lock.exclude_newer}"] if lock.exclude_newer else []
    assumed += [f"channel-priority = {lock.channel_priority}"] if lock.channel_priority else []
    found = []
    if assumed:
        said = ", ".join(f"`{each}`" for each in assumed)
        found.append(
            Finding(
                code="lost-assumptions",
                severity="info",
                subject="target",
                message=f"the file does not say for which machine and how it was solved: {said}",
            )
        )
    return [*found, *_other_targets(subject), *_link_scripts(subject), *_own_package(subject)]


def _other_targets(subject: Subject) -> list[Finding]:
    others = [each.name for each in subject.lock.targets if each not in subject.targets]
    if not others:
        return []
    return [
        Finding(
            code="lost-targets",
            severity="info",
            subject="target",
            message=f"the file is for `{subject.target.name}`; the lock is for {named(others)} too",
            hint="write one file for each with `--target`, or use `--format json`, which has them all",
        )
    ]


def _link_scripts(subject: Subject) -> list[Finding]:
    allowed = [package.name for package in subject.conda if package.name in subject.lock.link_scripts]
    if not allowed:
        return []
    return [
        Finding(
            code="lost-link-scripts",
            severity="info",
            subject="target",
            message=f"the file does not say whose scripts may run: here only those of {named(allowed)}, elsewhere all",
        )
    ]


def _own_package(subject: Subject) -> list[Finding]:
    own = [wheel for wheel in subject.lock.wheels if subject.is_own(wheel)]
    if not own or subject.own_package:
        return []
    return [
        Finding(
            code="lost-project",
            severity="info",
            subject=own[0].name,
            message=f"the project's own package `{own[0].name}` is left out",
            hint="`--with-project` writes it down as an editable folder",
            package=own[0].name,
        )
    ]


def requests(subject: Subject) -> list[Finding]:
    """Return that a list of everything does not tell what was asked for."""
    asked = [package.requested for package in subject.conda] + [wheel.requested for wheel in subject.wheels]
    if all(asked):
        return []
    return [
        Finding(
            code="lost-requests",
            severity="info",
            subject="target",
            message="the file does not tell what was asked for from what came along",
            hint="`--from-history` writes down what was asked for, and nothing else",
        )
    ]


def hashes(count: int, what: str, hint: str) -> Finding:
    """Return that artifacts are named without their SHA-256."""
    return Finding(
        code="lost-hashes",
        severity="info",
        subject="target",
        message=f"{count} {what if count > 1 else what.removesuffix('s')} without the SHA-256 that is locked",
        hint=hint,
    )


def builds(count: int) -> Finding:
    """Return that conda packages are named without their build strings."""
    return Finding(
        code="lost-builds",
        severity="info",
        subject="target",
        message=f"the build strings of {counted(count, 'package')} are left out: any build of these versions will do",
    )


def unknown_index(index: str, wheels: Sequence[LockedWheel]) -> Finding:
    """Return that packages come from an index whose address no manifest gives."""
    return Finding(
        code="lost-index",
        severity="warning",
        subject=index,
        message=f"{named(wheel.name for wheel in wheels)} from the index `{index}`, whose address no manifest gives",
        hint="whoever uses the file has to name that index to its tool",
    )


def open_index(index: str) -> Finding:
    """Return that an index which served only what names it serves everybody in the file."""
    return Finding(
        code="lost-index",
        severity="warning",
        subject=index,
        message=f"the index `{index}` serves only what names it, and in this file it is asked for everything",
        hint="names that it should not serve can be taken from it: use a format with hashes where that matters",
    )


def local_path(name: str, path: str) -> Finding:
    """Return that something comes from a folder or file, which does not travel with the written file."""
    return Finding(
        code="lost-path",
        severity="warning",
        subject=name,
        message=f"`{name}` comes from `{path}`, which does not travel with the file",
        hint="keep the file where that path is right",
        package=name,
    )


def pip_refuses(names: Sequence[str]) -> Finding:
    """Return that pip does not install from the file, because of what cannot have a hash."""
    return Finding(
        code="pip-refuses",
        severity="warning",
        subject="pip",
        message=f"pip takes hashes for all or none, and does not install the file: {named(names)} can have none",
        hint="uv installs it; for pip use `--format requirements.txt`",
    )


def left_out_path(name: str, path: str) -> Finding:
    """Return that something comes from a folder or file, for which a format has no place."""
    return Finding(
        code="lost-path",
        severity="warning",
        subject=name,
        message=f"`{name}` comes from `{path}`, for which the format has no place",
        hint=f"install it over the rest: `pip install --no-deps {path}`",
        package=name,
    )


def programs(project: str) -> Finding:
    """Return that a project's own package is there as code alone."""
    return Finding(
        code="lost-programs",
        severity="warning",
        subject=project,
        message=f"`{project}` is found by `PYTHONPATH`, and the programs and metadata of its own package are not there",
        hint="start it with `python -m`",
        package=project,
    )


def no_machine(targets: Sequence[str]) -> Finding:
    """Return that a service has no machine for targets."""
    return Finding(
        code="lost-targets",
        severity="warning",
        subject="target",
        message=f"the service has no machine of its own for {named(targets)}",
        hint="add a job with the labels of a runner that you host",
    )


def local_channel(channel: str) -> Finding:
    """Return that a channel is a folder of this machine."""
    return Finding(
        code="lost-path",
        severity="warning",
        subject=channel,
        message=f"the channel `{channel}` is a folder of this machine, and others have no packages there",
        hint="`--format environment.yml` names the channel, not where it is",
    )


def wheels(left_out: Sequence[LockedWheel]) -> Finding:
    """Return that a format holds conda packages alone."""
    return Finding(
        code="lost-wheels",
        severity="warning",
        subject="target",
        message=f"the format has no place for what comes from an index: {named(wheel.name for wheel in left_out)}",
        hint="write them with `--format requirements.txt`, and install them over the conda packages",
    )


def variables(names: Iterable[str]) -> Finding:
    """Return that environment variables are left out."""
    return Finding(
        code="lost-variables",
        severity="warning",
        subject="target",
        message=f"the format has no place for the variables of the environment: {named(names)}",
    )


def unlisted_pip() -> Finding:
    """Return that other tools put pip into the environment, to install what comes from an index."""
    return Finding(
        code="pip-unlisted",
        severity="info",
        subject="pip",
        message="`pip` is no part of this environment: conda and micromamba add it, to install what is under `pip:`",
        package="pip",
    )


def constraints(count: int) -> Finding:
    """Return that constraints on distributions are left out."""
    return Finding(
        code="lost-constraints",
        severity="warning",
        subject="target",
        message=f"{counted(count, 'constraint has', 'constraints have')} no place under `pip:`",
        hint="put them into a file of their own and add `-c FILE` under `pip:`",
    )


def credentials(address: str) -> Finding:
    """Return that the credentials in an address are left out; `address` is what is left of it."""
    return Finding(
        code="lost-credentials",
        severity="warning",
        subject=address,
        message=f"the credentials for `{address}` are not written down",
        hint="refer to a variable in the manifest (`https://${NAME}:${TOKEN}@…`), or keep them on each machine",
    )


def bound_requirements(names: Sequence[str]) -> Finding:
    """Return that requirements which name their index do so no more."""
    return Finding(
        code="lost-index",
        severity="warning",
        subject=names[0],
        message=f"{named(names)} may come from any index of the file, not only from the one that the project names",
    )


def conda_packages(left_out: Sequence[LockedConda]) -> Finding:
    """Return that a format holds distributions alone."""
    return Finding(
        code="lost-conda",
        severity="warning",
        subject="target",
        message=f"the format has no place for conda packages: {named(package.name for package in left_out)}",
        hint="write them with `--format explicit`, and install the distributions over them",
    )


def interpreter(python: LockedPython) -> Finding:
    """Return that the interpreter is left out."""
    return Finding(
        code="lost-python",
        severity="info",
        subject="interpreter",
        message=f"the format does not say which Python: {python.implementation} {python.version}",
    )


def located_here(hosts: Sequence[str]) -> Finding:
    """Return that the addresses in a file are those of this machine's indexes, which may be mirrors."""
    return Finding(
        code="index-addresses",
        severity="info",
        subject="target",
        message=f"the addresses in the file are where the indexes of this machine have things: {named(hosts)}",
        hint="behind a mirror, `UV_DEFAULT_INDEX` names the index that others can reach",
    )
