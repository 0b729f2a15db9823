"""Virtual environments among pyenv's versions, as the plugin pyenv-virtualenv has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parity.core.activation.posix import quoted
from parity.core.pyenv.reply import Refused, Reply, answered, failed
from parity.core.pyenv.usage import explanation, usage
from parity.core.python_names import as_paths
from parity.workflows import shims
from parity.workflows.pyenv.choosing import row
from parity.workflows.pyenv.state import SYSTEM

if TYPE_CHECKING:
    from collections.abc import Sequence

    from parity.workflows.pyenv.state import Pyenv

_SAYS = "pyenv-virtualenv:"


def virtualenv(pyenv: Pyenv, words: Sequence[str]) -> Reply:
    """Make a virtual environment `VERSION/envs/NAME`, and `NAME` as a link to it."""
    flags = [word for word in words if word.startswith("-")]
    names = [word for word in words if not word.startswith("-")]
    if {"-h", "--help"} & {*flags}:
        return answered(*explanation("virtualenv"))
    if "--version" in flags:
        return answered(f"pyenv-virtualenv {pyenv.release} (python -m venv)")
    if not names:
        return failed(f"{_SAYS} no virtualenv name given.")
    version, name = names[:2] if len(names) > 1 else ((pyenv.chosen()[0] or [SYSTEM])[0], names[0])
    return _refused(pyenv, version, name, flags) or _made(pyenv, version, name, flags)


def _refused(pyenv: Pyenv, version: str, name: str, flags: Sequence[str]) -> Reply | None:
    """Return what stands against a name or a version, or None."""
    if name.rpartition("/")[2] == SYSTEM:
        return failed(f"{_SAYS} `system' is not allowed as virtualenv name.")
    if any(letter.isspace() for letter in name):
        return failed(f"{_SAYS} no whitespace allowed in virtualenv name.")
    if "/" in name and name != f"{version.partition('/')[0]}/envs/{name.rpartition('/')[2]}":
        return failed(f"{_SAYS} no slash allowed in virtualenv name.")
    if version != SYSTEM and pyenv.latest(version) is None:
        advice = f"Run `pyenv install {version}' to install it."
        return failed(f"{_SAYS} `{version}' is not installed in pyenv.", advice)
    path = f"{pyenv.root}/versions/{name.rpartition('/')[2]}"
    if pyenv.files.is_there(path) and not {"-f", "--force", "-u", "--upgrade"} & {*flags}:
        return failed(f"{_SAYS} `{path}' already exists.")
    return None


def _made(pyenv: Pyenv, version: str, name: str, flags: Sequence[str]) -> Reply:
    last = name.rpartition("/")[2]
    base = pyenv.latest(version) if version != SYSTEM else SYSTEM
    prefix = pyenv.prefixes([version])[0]
    root = _origin(pyenv, prefix) or prefix
    inside = f"{pyenv.root}/versions/{root.rpartition('/')[2]}"
    path = f"{inside}/envs/{last}" if base != SYSTEM and root == inside else f"{pyenv.root}/versions/{last}"
    python = pyenv.system_python() if base == SYSTEM else f"{root}/bin/python"
    known = {"--clear", "--copies", "--symlinks", "--system-site-packages", "--upgrade", "--without-pip"}
    code = pyenv.run([python, "-m", "venv", *(flag for flag in flags if flag in known), path], pyenv.environ)
    if code:
        return Reply(code=code)
    if path != f"{pyenv.root}/versions/{last}":
        pyenv.files.link(path, f"{pyenv.root}/versions/{last}")
    shims.refresh(pyenv.made)
    return Reply()


def virtualenvs(pyenv: Pyenv, words: Sequence[str]) -> Reply:
    """Answer all virtual environments; `*` marks the chosen ones."""
    if set(words) - {"--bare", "--skip-aliases"}:
        return failed(*usage("virtualenvs"))
    inner = sorted((name for name in pyenv.versions if "/envs/" in name), key=as_paths)
    outer = [name for name in pyenv.versions if "/envs/" not in name and _is_listed(pyenv, pyenv.prefix(name))]
    if "--skip-aliases" in words:
        outer = [name for name in outer if not pyenv.files.leads_to(pyenv.prefix(name))]
    names = [*inner, *outer]
    if "--bare" in words:
        return answered(*names)
    chosen, lines = pyenv.chosen()
    rows = [row(pyenv, name, chosen, f" (created from {_origin(pyenv, pyenv.prefix(name)) or ''})") for name in names]
    return Reply(out=tuple(rows), err=tuple(lines))


def virtualenv_prefix(pyenv: Pyenv, words: Sequence[str]) -> Reply:
    """Answer what virtual environments were made from, with colons between."""
    names, lines = ([*words], []) if words else pyenv.chosen()
    if lines:
        raise Refused(*lines)
    return answered(":".join(_origin_of(pyenv, name) for name in names))


def virtualenv_delete(pyenv: Pyenv, words: Sequence[str]) -> Reply:
    """Remove a virtual environment and the links to it."""
    force = words[:1] in (["-f"], ["--force"])
    if len(words[force:]) != 1:
        return failed(*explanation("virtualenv-delete"))
    name = words[force]
    path = pyenv.versions.get(name, "")
    if not path or not _origin(pyenv, path):
        return Reply() if force else failed(f"{_SAYS} `{name}' is not a virtualenv.")
    real = pyenv.files.real(path)
    if not force and not pyenv.confirm(f"{_SAYS} remove {real}? (y/N) "):
        return Reply(code=1)
    _delete(pyenv, path)
    return Reply()


def delete(pyenv: Pyenv, name: str) -> bool:
    """Remove a virtual environment and the links to it; say whether a version is one."""
    path = pyenv.versions.get(name, "")
    if not path or not _origin(pyenv, path):
        return False
    _delete(pyenv, path)
    return True


def _delete(pyenv: Pyenv, path: str) -> None:
    real = pyenv.files.real(path)
    alias = f"{pyenv.root}/versions/{real.rpartition('/')[2]}"
    for each in {alias, path} if pyenv.files.leads_to(alias) and pyenv.files.real(alias) == real else {path}:
        if pyenv.files.leads_to(each):
            pyenv.files.remove(each)
    pyenv.files.remove(real)
    shims.refresh(pyenv.made)


def sh_activate(pyenv: Pyenv, words: Sequence[str]) -> Reply:
    """Answer what the shell is to evaluate to work in a virtual environment."""
    quiet, force = bool({"-q", "--quiet"} & {*words}), bool({"-f", "--force"} & {*words})
    if "--unset" in words:
        return sh_deactivate(pyenv, words)
    names = [word for word in words if not word.startswith("-")]
    versions = names or pyenv.chosen()[0]
    active = pyenv.environ.get("VIRTUAL_ENV", "")
    if active and active != pyenv.environ.get("PYENV_VIRTUAL_ENV") and not force:
        return Reply(out=("true",), err=() if quiet else (f"{_SAYS} virtualenv `{active}' is already activated",))
    name = versions[0]
    prefix = pyenv.prefix(pyenv.latest(name) or name)
    if not _origin(pyenv, prefix):
        remark = () if quiet else (f"{_SAYS} version `{name}' is not a virtualenv",)
        return Reply(out=("false",), err=remark, code=1)
    prefix = pyenv.files.leads_to(prefix) or prefix
    if active == prefix and not force:
        remark = () if quiet else (f"{_SAYS} version `{name}' is already activated",)
        return Reply(out=("true",), err=remark)
    variables = {"PYENV_VIRTUAL_ENV": prefix, "VIRTUAL_ENV": prefix}
    if names:
        variables |= {"PYENV_VERSION": ":".join(versions), "PYENV_ACTIVATE_SHELL": "1"}
    return answered(*(_exported(pyenv.shell, key, value) for key, value in variables.items()))


def sh_deactivate(pyenv: Pyenv, words: Sequence[str]) -> Reply:
    """Answer what the shell is to evaluate to leave a virtual environment."""
    quiet, force = bool({"-q", "--quiet"} & {*words}), bool({"-f", "--force"} & {*words})
    if not pyenv.environ.get("VIRTUAL_ENV") and not force:
        remark = () if quiet else (f"{_SAYS} no virtualenv has been activated.",)
        return Reply(out=("false",), err=remark, code=1)
    names = ["PYENV_VIRTUAL_ENV", "VIRTUAL_ENV"]
    if pyenv.environ.get("PYENV_ACTIVATE_SHELL"):
        names = ["PYENV_VERSION", "PYENV_ACTIVATE_SHELL", *names]
    return answered(*(f"set -e {name};" if pyenv.shell == "fish" else f"unset {name};" for name in names))


def _exported(shell: str, name: str, value: str) -> str:
    if shell == "fish":
        return "set -gx {} '{}';".format(name, value.replace("\\", "\\\\").replace("'", "\\'"))
    return f"export {name}={quoted(value)};"


def _is_listed(pyenv: Pyenv, prefix: str) -> bool:
    return bool(pyenv.files.leads_to(prefix)) or pyenv.files.is_file(f"{prefix}/bin/activate")


def _origin(pyenv: Pyenv, prefix: str) -> str:
    """Return the prefix of the version that a virtual environment was made from, or nothing where it is none."""
    if not pyenv.files.is_program(f"{prefix}/bin/python"):
        return ""
    if not pyenv.files.is_file(f"{prefix}/bin/activate"):
        inside_conda = pyenv.files.is_folder(f"{prefix}/conda-meta")
        return pyenv.files.real(f"{prefix}/../..") if inside_conda else ""
    if pyenv.files.is_file(f"{prefix}/bin/conda"):
        return prefix
    for line in (pyenv.files.read(f"{prefix}/pyvenv.cfg") or "").splitlines():
        key, _, value = line.partition("=")
        if key.strip() == "home":
            return value.strip().removesuffix("/bin")
    return ""


def _origin_of(pyenv: Pyenv, name: str) -> str:
    prefix = pyenv.prefix(pyenv.latest(name) or name) if name != SYSTEM else ""
    if name != SYSTEM and not pyenv.files.is_folder(prefix):
        raise Refused(f"pyenv: version `{name}' not installed")
    found = _origin(pyenv, prefix) if prefix else ""
    if not found:
        raise Refused(f"{_SAYS} version `{name}' is not a virtualenv")
    return found
