"""What stands in parity's way on a machine and in a shell: variables, PATH, startup files, other managers."""

import re
from collections.abc import Iterator, Mapping, Sequence

from parity.core.dataclass import dataclass
from parity.core.findings import Finding, Severity

_GB = 1_000_000_000
_LITTLE, _NONE = 2 * _GB, _GB // 10  # an environment with CUDA takes several; a lock's write takes nothing

_FOREIGN_SHIMS = {
    "/.pyenv/shims": "pyenv",
    "/.asdf/shims": "asdf",
    "/mise/shims": "mise",
    "/.rye/shims": "rye",
}
_OWN_HOOK = re.compile(r"^[^#\n]*\bparity hook\b", re.MULTILINE)
_PYENV_INIT = re.compile(r"^[^#\n]*\bpyenv init\b", re.MULTILINE)
_ALIAS = re.compile(r"^\s*alias\s+(python3?|pip3?)\b", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A program of a name on PATH, and the place of its folder there."""

    path: str
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a shell and a machine are like.

    `startup` are the texts of the shells' startup files by their path, `parities` and `pythons` the programs of these
    names on PATH in its order, `shims_position` where parity's shims stand there. `free` are the bytes that the
    disk of the store has left. `owned` says whether a folder is an environment of this store.
    """

    environ: Mapping[str, str]
    startup: Mapping[str, str]
    parities: Sequence[Program]
    pythons: Sequence[Program]
    shims_position: int | None
    free: int
    one_disk: bool
    owned: bool


def remarks(around: Surroundings) -> Iterator[Finding]:
    """Yield what is in the way, each with its remedy; an `error` is what breaks environments of parity's."""
    yield from _installation(around)
    yield from _path(around)
    yield from _variables(around.environ, owned=around.owned)
    yield from _startup(around)
    yield from _disk(around)


def _installation(around: Surroundings) -> Iterator[Finding]:
    if not around.parities:
        yield _remark(
            "parity-unfindable",
            "warning",
            "PATH",
            "there is no `parity` on PATH, so shells and git hooks do not find it",
            "put the folder of parity's program on PATH: `uv tool update-shell`, or `pipx ensurepath`",
        )
    if len(around.parities) > 1:
        first, second = around.parities[0].path, around.parities[1].path
        yield _remark(
            "parity-twice",
            "warning",
            "PATH",
            f"there are two of parity on PATH, `{first}` and `{second}`; the first one runs",
            "uninstall one of them",
        )


def _path(around: Surroundings) -> Iterator[Finding]:
    if around.shims_position is None:
        return
    before = [each for each in around.pythons if each.position < around.shims_position]
    if before and not around.owned:
        yield _remark(
            "shims-behind",
            "warning",
            "PATH",
            f"`python` is `{before[0].path}`, which stands on PATH before parity's shims",
            "put `parity hook` behind whatever else changes PATH in the startup file of your shell",
        )
    folders = around.environ.get("PATH", "").split(":")
    for folder in folders[: around.shims_position]:
        name = next((name for ending, name in _FOREIGN_SHIMS.items() if folder.endswith(ending)), "")
        if name:
            yield _remark(
                "manager-foreign",
                "warning",
                name,
                f"the shims of {name} (`{folder}`) stand on PATH before parity's",
                f"take {name} out of the startup file of your shell, or put `parity hook` behind it",
            )


def _variables(environ: Mapping[str, str], *, owned: bool) -> Iterator[Finding]:
    if home := environ.get("PYTHONHOME"):
        yield _remark(
            "variable-harmful",
            "error",
            "PYTHONHOME",
            f"`PYTHONHOME` is `{home}`, so every Python looks for its own library there",
            "run `unset PYTHONHOME`, and take it out of the startup file that sets it",
        )
    if path := environ.get("PYTHONPATH"):
        yield _remark(
            "variable-harmful",
            "warning",
            "PYTHONPATH",
            f"`PYTHONPATH` is `{path}`: what lies there is imported before what is locked",
            "run `unset PYTHONPATH`; a package of your own is asked for with `-e PATH` in the manifest",
        )
    conda = environ.get("CONDA_DEFAULT_ENV", "")
    if conda == "base":
        yield _remark(
            "manager-foreign",
            "warning",
            "conda",
            "conda's base environment is active, and its programs stand on PATH before others",
            "run `conda config --set auto_activate_base false` and open a new shell",
        )
    active = environ.get("VIRTUAL_ENV", "")
    if active and not owned:
        yield _remark(
            "manager-foreign",
            "warning",
            "VIRTUAL_ENV",
            f"an environment of another tool is active: `{active}`",
            "run `deactivate`",
        )


def _startup(around: Surroundings) -> Iterator[Finding]:
    hooked = False
    for file, text in around.startup.items():
        own = _OWN_HOOK.search(text)
        hooked = hooked or own is not None
        pyenv = _PYENV_INIT.search(text)
        if pyenv and own:
            order = "behind it, and wins" if pyenv.start() > own.start() else "too, and does the same work twice"
            yield _remark(
                "manager-foreign",
                "warning",
                file,
                f"`{file}` has `pyenv init` as well as `parity hook`; it stands {order}",
                "remove the lines about pyenv: parity's shims answer for its versions too",
            )
        if alias := _ALIAS.search(text):
            yield _remark(
                "alias-shadows",
                "warning",
                file,
                f"`{file}` makes `{alias[1]}` an alias, which a shell takes before anything on PATH",
                f"remove the line `{alias[0].strip()}…`",
            )
    if not hooked:
        yield _remark(
            "hook-missing",
            "info",
            "shell",
            "no startup file has parity's shell integration, so a shell does not switch on `cd`",
            'add `eval "$(parity hook bash)"` to `~/.bashrc` (see `parity hook --help`); `parity run` works without',
        )


def _disk(around: Surroundings) -> Iterator[Finding]:
    if around.free < _LITTLE:
        yield _remark(
            "disk-full",
            "error" if around.free < _NONE else "warning",
            "store",
            f"the disk of the store has {around.free / _GB:.1f} GB left",
            "run `parity gc` and `parity cache clean`, or name another folder with `PARITY_HOME`",
        )
    if not around.one_disk:
        yield _remark(
            "disks-apart",
            "warning",
            "cache",
            "store and caches are on two file systems, so that files are copied and not linked",
            "set `PARITY_CACHE_DIR` and `PARITY_HOME` to folders of one disk",
        )


def _remark(code: str, severity: Severity, subject: str, message: str, hint: str) -> Finding:
    return Finding(code=code, severity=severity, subject=subject, message=message, hint=hint)
