"""Reading what a project wants: which of its files count, and the one spec that they make.

A reader is imported where there is a manifest for it: together they are most of what a sync would load.
"""

from __future__ import annotations

import posixpath
from dataclasses import field, replace
from typing import TYPE_CHECKING

from parity.core.dataclass import dataclass
from parity.core.errors import Fault, ManifestError, ManifestMissing
from parity.core.findings import Finding
from parity.core.manifests.anchoring import anchored, anchored_settings
from parity.core.manifests.merge import Part, build_spec, part_of
from parity.core.manifests.python_version import choosing_variable, parse_python_version, parse_variables
from parity.core.manifests.script_blocks import as_project
from parity.core.places import Place
from parity.core.spec import Settings, Spec

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from parity.core.manifests.pyproject_toml import Pyproject
    from parity.core.python_request import PythonRequest
    from parity.core.spec import Project

PYPROJECT = "pyproject.toml"
PIN = ".python-version"
ENVIRONMENTS = ("environment.yml", "environment.yaml")
REQUIREMENTS = ("requirements.in", "requirements.txt")
SCRIPT = ".py"
FOREIGN = (".toml", ".cfg", ".json", ".lock", "Pipfile")


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """A project as its files have it.

    `texts` are all paths that were read with what was there, or None where nothing was, in that order: as long as they
    stay as they are, loading again gives the same. `included` are the files that each manifest has read for it.
    """

    root: Path
    spec: Spec
    texts: Mapping[Path, str | None]
    included: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])

    @property
    def files(self) -> tuple[Path, ...]:
        """The paths that were read or looked for."""
        return tuple(self.texts)


def load(
    root: Path,
    *,
    read: Callable[[Path], str | None],
    variables: Mapping[str, str] | None = None,
    manifests: Sequence[str] = (),
    groups: Sequence[str] | None = None,
    extras: Sequence[str] | None = None,
    platform: str = "linux-64",
    alone: bool = False,
) -> Loaded:
    """Read the manifests of the project in a folder, an absolute path.

    `read` returns the text of a file, or None where there is none. `manifests`, `groups` and `extras` win over
    `[tool.parity]`. `variables` may choose a Python before any file does. `platform` decides about the selectors in an
    `environment.yml`. `alone`: only the named manifests count, with what they include and a `.python-version` beside
    one of them; an absolute name is that of a file elsewhere, whose paths are read from where it stands. Raises
    ManifestMissing, ManifestError with the faults of all files, GroupUnknown, ExtraUnknown.
    """
    loader = _Loader(root, read, platform, alone=alone)
    return loader.load(variables=variables or {}, manifests=manifests, groups=groups, extras=extras)


class _Loader:
    """Reads the files of one project, each once, and remembers which."""

    def __init__(self, root: Path, read: Callable[[Path], str | None], platform: str, *, alone: bool) -> None:
        self.root = root
        self.platform = platform
        self._alone = alone
        self._read = read
        self._texts: dict[Path, str | ManifestError | None] = {}
        self._included: dict[str, tuple[str, ...]] = {}

    def load(
        self,
        *,
        variables: Mapping[str, str],
        manifests: Sequence[str],
        groups: Sequence[str] | None,
        extras: Sequence[str] | None,
    ) -> Loaded:
        settled_in = PYPROJECT
        if self._alone:
            tabled = (file for file in manifests if posixpath.basename(file) == PYPROJECT or file.endswith(SCRIPT))
            settled_in = next(tabled, "")
        pyproject = self._pyproject(settled_in)
        settings = pyproject.settings if pyproject else Settings()
        named = tuple(manifests) or settings.manifests
        notes: tuple[Finding, ...] = ()
        if named or self._alone:
            place = None if manifests else Place(file=PYPROJECT, key="tool.parity.manifests")
            chosen = self._named(named, place)
        else:
            chosen, notes = self._discovered(pyproject)
        parts = [self._part(file, pyproject if file == settled_in else None) for file in chosen]
        if pyproject and settled_in not in chosen:
            parts += _settings_parts(pyproject)
        pins, pin_part = self._pins(variables, chosen)
        spec = build_spec(
            [*parts, *pin_part],
            pins=pins,
            settings=settings,
            project=self._project(pyproject, chosen),
            groups=groups,
            extras=extras,
        )
        spec = replace(spec, findings=(*spec.findings, *notes))
        texts = {path: None if isinstance(text, ManifestError) else text for path, text in self._texts.items()}
        return Loaded(root=self.root, spec=spec, texts=texts, included=self._included)

    def text(self, file: str) -> str | None:
        """Return the text of a file, relative to the root; raises ManifestError where it cannot be read."""
        path = self.root / file
        if path not in self._texts:
            try:
                self._texts[path] = self._read(path)
            except (OSError, UnicodeDecodeError) as error:
                self._texts[path] = ManifestError([unreadable(file, error)])
        found = self._texts[path]
        if isinstance(found, ManifestError):
            raise found
        return found

    def _pyproject(self, file: str) -> Pyproject | None:
        text = self.text(file) if file else None
        if text is None:
            return None
        before = len(self._texts)
        parsed = self._as_pyproject(text, file)
        self._note_included(file, before)
        return replace(parsed, settings=anchored_settings(parsed.settings, posixpath.dirname(file)))

    def _as_pyproject(self, text: str, file: str) -> Pyproject:
        from parity.core.manifests.pyproject_toml import parse_pyproject  # noqa: PLC0415 - see above

        if not file.endswith(SCRIPT):
            return parse_pyproject(text, file, read=self.text)
        from parity.core.manifests.script_places import in_script  # noqa: PLC0415 - same

        return in_script(parse_pyproject(_project_of(text, file), file, read=self.text), text)

    def _project(self, pyproject: Pyproject | None, chosen: Sequence[str]) -> Project | None:
        """Return the project itself where it is a package; an environment of no project has none."""
        if pyproject is None or self._alone:
            return None
        return pyproject.project if PYPROJECT in chosen or pyproject.settings.package else None

    def _named(self, names: Sequence[str], place: Place | None) -> tuple[str, ...]:
        if not names:
            raise ManifestMissing(
                "this environment was made from a lock, and has no manifest",
                hint="`parity env update -f FILE` gives it one",
            )
        # `.python-version` is read with every manifest, named or not
        files = tuple(dict.fromkeys(file for name in names if (file := posixpath.normpath(name)) != PIN))
        for file in files:
            if self.text(file) is None:
                hint = "name a file that is there, or remove the name"
                raise ManifestMissing(f"`{file}` does not exist in `{self.root}`", hint=hint, place=place)
        return files

    def _discovered(self, pyproject: Pyproject | None) -> tuple[tuple[str, ...], tuple[Finding, ...]]:
        tables = pyproject.tables if pyproject else ()
        wants = bool({"project", "dependency-groups", "tool.parity.conda", "tool.poetry"} & {*tables})
        there = [
            *(file for file in ENVIRONMENTS if self.text(file) is not None),
            *([PYPROJECT] if wants else []),
            *(file for file in REQUIREMENTS if self.text(file) is not None),
            # settings alone ask for nothing: they are a manifest only where there is no other
            *([PYPROJECT] if tables == ("tool.parity",) else []),
        ]
        if not there:
            raise ManifestMissing(
                f"there is no manifest in `{self.root}`",
                hint="write a `requirements.txt`, `pyproject.toml` or `environment.yml`",
            )
        others = tuple(_unused(file, there[0]) for file in there[1:] if file != PYPROJECT or wants)
        return (there[0],), others

    def _part(self, file: str, pyproject: Pyproject | None) -> Part:
        before = len(self._texts)
        part = anchored(self._parsed(file, pyproject), posixpath.dirname(file))
        self._note_included(file, before)
        return part

    def _note_included(self, file: str, before: int) -> None:
        """Note which files were read for a manifest: all since there were so many."""
        read = [path for path, text in [*self._texts.items()][before:] if text is not None and path != self.root / file]
        names = (
            path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else str(path) for path in read
        )
        self._included[file] = (*self._included.get(file, ()), *names)

    def _parsed(self, file: str, pyproject: Pyproject | None) -> Part:
        try:
            text = self.text(file) or ""
        except ManifestError as error:
            return Part(file=file, faults=tuple(error.faults))
        base, name = posixpath.split(file)
        if name.endswith((".yml", ".yaml")):
            from parity.core.manifests.environment_yml import parse_environment  # noqa: PLC0415 - see above

            return part_of(file, parse_environment(text, file, read=self.text, base=base, platform=self.platform))
        if pyproject:
            part = part_of(file, pyproject)
            return replace(part, content={"content": part.content, "settings": pyproject.settings_content})
        if name == PYPROJECT or name.endswith(SCRIPT):
            return part_of(file, self._as_pyproject(text, file))
        from parity.core.manifests import explicit, requirements_txt  # noqa: PLC0415 - see above

        if explicit.is_explicit(text):
            return part_of(file, explicit.parse_explicit(text, file))
        if name.endswith(FOREIGN):
            hint = "name a requirements file, a `pyproject.toml` or an `environment.yml`"
            fault = Fault(place=Place(file=file), message=f"`{file}` is not a manifest that parity reads", hint=hint)
            return Part(file=file, faults=(fault,))
        return part_of(file, requirements_txt.parse_requirements(text, file, read=self.text))

    def _pins(
        self, variables: Mapping[str, str], chosen: Sequence[str]
    ) -> tuple[tuple[PythonRequest, ...], tuple[Part, ...]]:
        """Return what is pinned, and the part that `.python-version` of the project itself has in its digest."""
        try:
            if choosing_variable(variables):
                return parse_variables(variables), ()
            for file in self._pin_files(chosen):
                if text := self.text(file):
                    pins = parse_python_version(text, file)
                    own = () if file.startswith("../") else (Part(file=file, content=[pin.text for pin in pins]),)
                    return pins, own
        except ManifestError as error:
            return (), (Part(file=PIN, faults=tuple(error.faults)),)
        return (), ()

    def _pin_files(self, chosen: Sequence[str]) -> list[str]:
        """Return where a pin may stand, the nearest first."""
        if self._alone:
            # a script says for itself which Python it runs on: where it lies means nothing
            folders = [posixpath.dirname(file) for file in chosen if not file.endswith(SCRIPT)]
            return list(dict.fromkeys(posixpath.join(folder, PIN) for folder in folders))
        return ["../" * depth + PIN for depth in range(len(self.root.parts))]


def _project_of(text: str, file: str) -> str:
    """Return what a script says in its comments (PEP 723) as a `pyproject.toml`."""
    try:
        return as_project(text)
    except ValueError as error:
        raise ManifestError([Fault(place=Place(file=file), message=str(error), hint="join the two")]) from None


def _settings_parts(pyproject: Pyproject) -> list[Part]:
    """Return what a `pyproject.toml` that is no manifest says: how, not what."""
    key = "tool.parity"
    faults = tuple(one for one in pyproject.faults if not one.place.key or one.place.key.startswith(key))
    findings = tuple(one for one in pyproject.findings if f" {key}" in one.subject)
    if not pyproject.settings_content and not faults:
        return []
    content = {"settings": pyproject.settings_content}
    return [Part(file=PYPROJECT, content=content, findings=findings, faults=faults)]


def _unused(file: str, used: str) -> Finding:
    return Finding(
        code="manifest-unused",
        severity="info",
        subject=file,
        message=f"`{file}` is not read: `{used}` comes first",
        hint="write `[tool.parity] manifests = […]` to name the files that count",
    )


def unreadable(file: str, error: OSError | UnicodeDecodeError) -> Fault:
    """Return the fault of a file that there is and that cannot be read."""
    if isinstance(error, UnicodeDecodeError):
        return Fault(place=Place(file=file), message=f"`{file}` is not UTF-8 text", hint="save it as UTF-8")
    reason = (error.strerror or "unknown reason").lower()
    return Fault(place=Place(file=file), message=f"`{file}` cannot be read: {reason}", hint="make it readable")
