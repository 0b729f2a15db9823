"""CycloneDX 1.6 (JSON): the bill of materials of one target, with package URLs, hashes and who requires whom."""

import json
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from parity.core.addresses import kept
from parity.core.export import losses
from parity.core.export.model import Exported, Subject
from parity.core.lockfile.model import LockedConda, LockedPython, LockedWheel

_ROOT = "environment"
_PYTHON = "interpreter"


def cyclonedx(subject: Subject) -> Exported:
    """Return what an environment is made of; the interpreter of the venv route is part of it."""
    python = subject.target.python if subject.lock.route == "venv" else None
    components = [_interpreter(python)] if python else []
    components += [_component(package, _conda_url(package), "conda") for package in subject.conda]
    components += [_component(wheel, _pypi_url(wheel), "pypi") for wheel in subject.wheels]
    data = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "tools": {"components": [{"type": "application", "name": "parity"}]},
            "component": {"type": "application", "bom-ref": _ROOT, "name": subject.name},
            "properties": [{"name": "parity:target", "value": subject.target.name}],
        },
        "components": components,
        "dependencies": _dependencies(subject, with_python=bool(python)),
    }
    text = json.dumps(data, indent=2, ensure_ascii=False) + "\n"
    return Exported(text=text, losses=tuple(losses.assumptions(subject)))


def _component(package: LockedConda | LockedWheel, url: str, kind: str) -> dict[str, Any]:
    component: dict[str, Any] = {"type": "library", "bom-ref": _ref(kind, package.name), "name": package.name}
    if package.version:
        component["version"] = package.version
    if package.sha256:
        component["hashes"] = [{"alg": "SHA-256", "content": package.sha256}]
    return {**component, "purl": url}


def _interpreter(python: LockedPython) -> dict[str, Any]:
    return {"type": "application", "bom-ref": _PYTHON, "name": python.implementation, "version": python.version}


def _dependencies(subject: Subject, *, with_python: bool) -> list[dict[str, Any]]:
    """Return who requires whom; what a manifest names is required by the environment itself."""
    conda = {package.name for package in subject.conda}
    wheels = {wheel.name for wheel in subject.wheels}
    asked = [_ref("conda", package.name) for package in subject.conda if package.requested]
    asked += [_ref("pypi", wheel.name) for wheel in subject.wheels if wheel.requested]
    found = [_depends(_ROOT, [*([_PYTHON] if with_python else []), *asked])]
    found += [
        _depends(
            _ref("conda", package.name),
            (_ref("conda", name) for text in package.depends if (name := text.split(maxsplit=1)[0]) in conda),
        )
        for package in subject.conda
    ]
    found += [
        _depends(_ref("pypi", wheel.name), (_ref("pypi", name) for name in wheel.requires if name in wheels))
        for wheel in subject.wheels
    ]
    return found


def _depends(ref: str, on: Iterable[str]) -> dict[str, Any]:
    return {"ref": ref, "dependsOn": list(dict.fromkeys(on))}


def _ref(kind: str, name: str) -> str:
    return f"{kind}:{name}"


def _conda_url(package: LockedConda) -> str:
    kind = "tar.bz2" if package.file.endswith(".tar.bz2") else "conda"
    return _package_url(
        "conda", package, build=package.build, channel=package.channel, subdir=package.subdir, type=kind
    )


def _pypi_url(wheel: LockedWheel) -> str:
    if wheel.commit:
        return _package_url("pypi", wheel, vcs_url=f"git+{wheel.url.removeprefix('git+')}@{wheel.commit}")
    return _package_url("pypi", wheel, download_url=kept(wheel.url), file_name=wheel.file)


def _package_url(kind: str, package: LockedConda | LockedWheel, **qualifiers: str) -> str:
    """Return a package URL (purl): qualifiers sorted, what is empty left out."""
    version = f"@{quote(package.version, safe='.-_~')}" if package.version else ""
    said = "&".join(f"{key}={quote(value, safe='.-_~:')}" for key, value in sorted(qualifiers.items()) if value)
    return f"pkg:{kind}/{package.name}{version}{f'?{said}' if said else ''}"
