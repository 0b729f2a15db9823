"""`requirements.txt` and `.in`: pip's format, with everything that it includes, as data.

`${NAME}` stays as it is written: it is filled in where an address is used, so that no secret reaches the lock.
"""

import posixpath
import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from parity.core.dataclass import dataclass
from parity.core.errors import Fault, ManifestError
from parity.core.findings import Finding
from parity.core.manifests.parsed import Parsed, said
from parity.core.manifests.requirement_content import index_rows, requirement_texts
from parity.core.manifests.requirement_lines import LineError, logical_lines, split_line
from parity.core.manifests.requirement_options import Options
from parity.core.manifests.wheel_requirements import HASH_LENGTHS, is_address, parse_requirement, relative_path
from parity.core.places import Place
from parity.core.spec import WheelRequirement

_PROJECT_FILES = ("pyproject.toml", "setup.py", "setup.cfg")


@dataclass(frozen=True, slots=True, kw_only=True)
class RequirementsFile(Parsed):
    """What a requirements file and all that it includes say."""


def parse_requirements(text: str, file: str, *, read: Callable[[str], str | None], base: str = "") -> RequirementsFile:
    """Take a requirements file apart, following `-r` and `-c`.

    `file` and `base` are relative to the project; `base` is the folder in which pip would be run, from which it
    reads paths. A path that leads to no project from there is read from the folder of its file. `read` returns the
    text at a path relative to the project, or None where nothing is there; it may raise ManifestError for a file
    that cannot be read. Raises nothing: faults are returned, those of all files together.
    """
    reader = _Reader(read=read, base=base)
    reader.read_file(text, _Inside(file=posixpath.normpath(file), folder=posixpath.dirname(file)))
    return reader.result()


def parse_requirement_lines(
    lines: Sequence[tuple[str, Place]], *, read: Callable[[str], str | None], base: str = ""
) -> RequirementsFile:
    """Take the lines of a list apart (the `pip:` part of an `environment.yml`), each with its own place.

    `base` is the folder of the file in which the list stands, relative to the project; otherwise as
    `parse_requirements`.
    """
    reader = _Reader(read=read, base=base)
    for text, place in lines:
        for _, line in logical_lines(text):
            reader.read_line(line, place, _Inside(file="", folder=base))
    return reader.result()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Inside:
    """The file that is being read: its folder, how it was reached, and whether its lines are constraints."""

    file: str
    folder: str
    above: tuple[str, ...] = ()
    constraint: bool = False


class _Reader:
    """Collects what the lines say, file after file, in the order in which pip reads them."""

    def __init__(self, *, read: Callable[[str], str | None], base: str) -> None:
        self._read = read
        self._base = base
        self._wheels: list[WheelRequirement] = []
        self._constraints: list[WheelRequirement] = []
        self._options = Options()
        self._findings: list[Finding] = []
        self._faults: list[Fault] = []
        self._seen: set[tuple[str, bool]] = set()

    def result(self) -> RequirementsFile:
        options = self._options
        return RequirementsFile(
            wheels=tuple(self._wheels),
            constraints=tuple(self._constraints),
            indexes=options.indexes,
            prereleases=options.prereleases,
            no_binary=options.no_binary,
            only_binary=options.only_binary,
            findings=(*self._findings, *options.findings),
            faults=tuple(self._faults),
            content=said(
                requirements=requirement_texts(self._wheels),
                constraints=requirement_texts(self._constraints),
                indexes=index_rows(options.indexes),
                prereleases=options.prereleases,
                no_binary=list(options.no_binary),
                only_binary=list(options.only_binary),
            ),
        )

    def read_file(self, text: str, inside: _Inside) -> None:
        if (inside.file, inside.constraint) in self._seen:
            return
        self._seen.add((inside.file, inside.constraint))
        for number, line in logical_lines(text):
            self.read_line(line, Place(file=inside.file, line=number), inside)

    def read_line(self, line: str, place: Place, inside: _Inside) -> None:
        try:
            text, options = split_line(line)
        except LineError as error:
            self._fault(place, error.message, error.hint)
            return
        hashes = self._hashes([value for name, value in options if name == "--hash"], place)
        if text:
            self._requirement(text, place, inside, hashes=hashes)
        elif hashes:
            self._fault(place, "`--hash` stands without a requirement", "put it behind the requirement it is for")
        for name, value in options:
            if name == "--editable":
                self._requirement(value, place, inside, editable=True)
            elif name in {"--requirement", "--constraint"}:
                self._include(value, place, inside, constraint=name == "--constraint")
            elif name != "--hash":
                self._options.take(name, value, place, folder=inside.folder)

    def _hashes(self, values: Sequence[str], place: Place) -> tuple[str, ...]:
        for value in values:
            name, _, digest = value.partition(":")
            if len(digest) != HASH_LENGTHS.get(name) or not re.fullmatch(r"[0-9a-fA-F]+", digest):
                self._fault(place, f"`{value}` is not a hash", "write `sha256:` and 64 hexadecimal digits")
        return tuple(sorted({value.lower() for value in values}))

    def _requirement(
        self, text: str, place: Place, inside: _Inside, *, hashes: tuple[str, ...] = (), editable: bool = False
    ) -> None:
        try:
            found = parse_requirement(
                text, place, locate=lambda path: self._locate(path, inside.folder), editable=editable, hashes=hashes
            )
        except ManifestError as error:
            self._faults.extend(error.faults)
            return
        if editable and found.url:
            found = replace(found, editable=False)
            self._remark_repository(found)
        if inside.constraint:
            self._constraint(found)
        else:
            self._wheels.append(found)

    def _constraint(self, found: WheelRequirement) -> None:
        reasons = ((not found.name, "has no name"), (found.editable, "is editable"), (found.extras, "has extras"))
        wrong = next((reason for applies, reason in reasons if applies), "")
        if wrong:
            message = f"`{found.to_text()}` {wrong} and cannot be a constraint"
            self._fault(found.place, message, "write a name and a version, or put the line among the requirements")
        else:
            self._constraints.append(found)

    def _remark_repository(self, found: WheelRequirement) -> None:
        finding = Finding(
            code="editable-ignored",
            severity="info",
            subject=str(found.place),
            message="`-e` is ignored: what comes from an address is installed without a copy to edit",
            hint="clone it into the project and write `-e ./FOLDER` to edit it",
            package=found.name,
        )
        self._findings.append(finding)

    def _locate(self, path: str, folder: str) -> str:
        usual, beside = relative_path(path, self._base), relative_path(path, folder)
        if usual == beside or any(self._exists(posixpath.join(usual, name)) for name in _PROJECT_FILES):
            return usual
        return beside

    def _exists(self, path: str) -> bool:
        try:
            return self._read(posixpath.normpath(path)) is not None
        except ManifestError:
            return True

    def _include(self, value: str, place: Place, inside: _Inside, *, constraint: bool) -> None:
        if "${" in value or is_address(value):
            what = "an address" if is_address(value) else "a variable in the path"
            self._fault(place, f"`{value}` is {what}, not a file of the project", "put the file beside this one")
            return
        file = posixpath.normpath(posixpath.join(inside.folder, value))
        if file in (above := (*inside.above, inside.file)):
            chain = " → ".join(f"`{name}`" for name in (*above[above.index(file) :], file))
            self._fault(place, f"`{file}` includes itself: {chain}", "remove one of these lines")
            return
        try:
            text = self._read(file)
        except ManifestError as error:
            self._faults.extend(error.faults)
            return
        if text is None:
            self._fault(place, f"`{file}` does not exist", "write the file, or remove the line")
            return
        nested = _Inside(file=file, folder=posixpath.dirname(file), above=above, constraint=constraint)
        self.read_file(text, nested)

    def _fault(self, place: Place, message: str, hint: str) -> None:
        self._faults.append(Fault(place=place, message=message, hint=hint))
