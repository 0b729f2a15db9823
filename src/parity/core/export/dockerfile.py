"""`Dockerfile`: a stage with parity, one that makes the environment, and an image with that environment alone.

Only the lock, its manifests and the folders that it installs from are copied before the environment is made, so that
no change of other code makes it anew. The interpreter is one of parity's own, or a package of the conda route: the
image needs none.
"""

import json
import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from parity.core.errors import ExportImpossible
from parity.core.export import losses
from parity.core.export.model import Exported, Subject
from parity.core.export.own_tool import MINORS, own_requirement, python_request, unpublished
from parity.core.findings import Finding
from parity.core.lockfile.model import LockedWheel

_ARCHITECTURES = {"linux-64": "linux/amd64", "linux-aarch64": "linux/arm64"}
_STORE = "/opt/parity"
_LINK = "/opt/environment"
_AND = " \\\n && "
_START = "/usr/local/bin/in-environment"
# what a shell runs before a command: the scripts that conda packages bring to set their variables
_SOURCED = (
    '#!/bin/sh\nfor script in "$CONDA_PREFIX"/etc/conda/activate.d/*.sh; do\n'
    '  [ ! -r "$script" ] || . "$script"\ndone\nexec "$@"\n'
)
_PLAIN = re.compile(r"[A-Za-z0-9@%+=:,./_-]+")


def dockerfile(subject: Subject) -> Exported:
    """Return the file for one target. Raises ExportImpossible where that is not Linux, or its Python was built."""
    architecture = _ARCHITECTURES.get(subject.platform)
    if architecture is None:
        raise ExportImpossible(
            f"an image is for Linux, and `{subject.target.name}` is not",
            hint="lock for it too: `parity lock` with `--target` for each, then choose one with `--target`",
        )
    python = subject.target.python
    if python.source == "built" and python.exact:
        raise ExportImpossible(
            "the lock wants an interpreter that was built from source, which no image has",
            hint='leave `interpreter = "exact"` out, or pin one that is prebuilt',
        )
    lines = [*_head(subject), *_tool(subject, architecture), *_environment(subject), *_image(subject, architecture)]
    return Exported(text="".join(f"{line}\n" for line in lines), losses=tuple(_lost(subject)))


def _head(subject: Subject) -> Iterator[str]:
    yield "# syntax=docker/dockerfile:1"
    yield f"# For {subject.target.name}; written by `parity export --format Dockerfile`."
    yield "# Where no index has parity, put its wheel beside this file:"
    yield "#   docker build --build-arg PARITY=./parity-0-py3-none-any.whl ."


def _tool(subject: Subject, architecture: str) -> Iterator[str]:
    """Return the stage with parity, on a Python that cannot be taken for the environment's."""
    minor = next(each for each in MINORS if each != ".".join(subject.target.python.version.split(".")[:2]))
    flavour = "alpine" if _is_musl(subject) else "slim-trixie"
    yield from ("", f"FROM --platform={architecture} python:{minor}-{flavour} AS parity")
    yield f'ARG PARITY="{own_requirement(subject)}"'
    yield "WORKDIR /tmp/parity"
    # a pattern may match nothing where another source is there
    yield f"COPY {_words(['parity.lock', 'parity-*.whl*', './'])}"
    yield 'RUN pip install --no-cache-dir "$PARITY"'


def _environment(subject: Subject) -> Iterator[str]:
    yield from ("", "FROM parity AS environment", f"ENV PARITY_HOME={_STORE}", "WORKDIR /app")
    if subject.lock.route == "venv":
        yield f"RUN parity python install {python_request(subject.target.python)}"
    yield from _copies([*subject.files, "parity.lock"])
    for path in _sources(subject):
        yield f"COPY {_words([path, path])}"
    folders = ["envs", "pythons"] if subject.lock.route == "venv" else ["envs"]
    steps = ["parity sync --frozen --no-project", f"mkdir -p /image{_STORE}"]
    steps += [f"cp -a {_STORE}/{folder} /image{_STORE}/" for folder in folders]
    steps += [f"cp -a .venv /image{_LINK}", f"chmod -R a+rX /image{_STORE}"]
    yield f"RUN {_AND.join(steps)}"
    if subject.lock.route == "conda":
        text = _SOURCED.replace("\\", "\\\\").replace("\n", "\\n").replace("'", "'\\''")
        start = ["mkdir -p /image/usr/local/bin", f"printf '{text}' > /image{_START}", f"chmod +x /image{_START}"]
        yield f"RUN {_AND.join(start)}"


def _image(subject: Subject, architecture: str) -> Iterator[str]:
    base = "alpine:3.20" if _is_musl(subject) else "debian:trixie-slim"
    yield from ("", f"FROM --platform={architecture} {base}", "COPY --from=environment /image/ /")
    for path in _inside(wheel.path for wheel in _from_paths(subject) if wheel.editable):
        yield f"COPY {_words([path, f'/app/{path}'])}"
    variables = {"PATH": f"{_LINK}/bin:$PATH", **_literal(subject.lock.variables)}
    if subject.lock.route == "conda":
        variables["CONDA_PREFIX"] = _LINK
    yield from (f'ENV {name}="{value}"' for name, value in variables.items())
    yield "WORKDIR /app"
    if subject.lock.route == "conda":
        yield f'ENTRYPOINT ["{_START}"]'
    yield 'CMD ["python"]' if subject.target.python.version else 'CMD ["sh"]'
    if not subject.own_package:
        yield "# Your code comes last: a change of it makes nothing above it anew. `.venv` belongs in `.dockerignore`."
        yield "# COPY . ."
        return
    yield from ('ENV PYTHONPATH="/app/src:/app"', "COPY . .") if subject.lock.project else ("COPY . .",)


def _literal(variables: Mapping[str, str]) -> dict[str, str]:
    """Return variables as the file has to say them: in double quotes, where `$` refers to another."""
    return {name: re.sub(r'(["\\$])', r"\\\1", value) for name, value in variables.items()}


def _copies(files: Iterable[str]) -> Iterator[str]:
    """Return what copies files to where they are in the project, a line a folder."""
    folders: dict[str, list[str]] = {}
    for path in files:
        folders.setdefault(posixpath.dirname(path), []).append(path)
    for folder, paths in folders.items():
        yield f"COPY {_words([*paths, f'./{folder}/' if folder else './'])}"


def _sources(subject: Subject) -> list[str]:
    """Return the folders and files of the project that are installed from: indexes and channels may be folders too."""
    wheels = [wheel.path for wheel in _from_paths(subject)]
    channels = [each.channel for each in subject.conda if each.channel.startswith("./")]
    return _inside([*wheels, *channels, *(index.url for index in subject.indexes if index.url.startswith("./"))])


def _from_paths(subject: Subject) -> list[LockedWheel]:
    return [wheel for wheel in subject.wheels if wheel.path and not subject.is_own(wheel)]


def _inside(paths: Iterable[str]) -> list[str]:
    """Return those paths that are inside the project, each once."""
    plain = (posixpath.normpath(path) for path in paths)
    return list(dict.fromkeys(path for path in plain if not path.startswith(("/", "../", "~"))))


def _is_musl(subject: Subject) -> bool:
    return not any(each.startswith("__glibc=") for each in subject.target.virtual_packages)


def _words(words: Sequence[str]) -> str:
    """Return words of an instruction, as a list in JSON where one of them has a space or a quote in it."""
    return " ".join(words) if all(_PLAIN.fullmatch(word.replace("*", "")) for word in words) else json.dumps(words)


def _lost(subject: Subject) -> Iterator[Finding]:
    outside = [wheel for wheel in subject.wheels if wheel.path.startswith(("/", "../", "~"))]
    yield from (losses.left_out_path(wheel.name, wheel.path) for wheel in outside)
    channels = [each.channel for each in subject.conda if each.channel.startswith(("/", "../", "~", "file:"))]
    yield from map(losses.local_channel, dict.fromkeys(channels))
    if subject.own_package and subject.lock.project:
        yield losses.programs(subject.lock.project)
    yield unpublished("put its wheel beside the file, and name it with `--build-arg PARITY=./WHEEL`")
    yield from losses.assumptions(subject)
