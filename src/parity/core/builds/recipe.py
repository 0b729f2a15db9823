"""What decides the bytes of an interpreter that is built here, and its digest.

The digest names the interpreter's folder and stands in the lock: two machines with the same recipe build the same
interpreter, the folder it lies in apart.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import field
from hashlib import sha256
from typing import Any

from packaging.version import Version

from parity.core.builds.errors import BuildOptionRefused
from parity.core.dataclass import dataclass

#: What may be kept that is left out otherwise.
PARTS = ("tests", "static", "debug")

#: The variables by which a user tells `configure` about his compiler; they are part of the recipe.
FLAGS = (
    *("CC", "CXX", "CFLAGS", "CFLAGS_NODIST", "CPP", "CPPFLAGS", "LDFLAGS", "LDFLAGS_NODIST", "LIBS"),
    *("PKG_CONFIG_PATH", "PKG_CONFIG_LIBDIR", "OPT"),
)

# parity decides where an interpreter goes and how its folders are laid out: environments rely on both
_REFUSED = (
    *("--prefix", "--exec-prefix", "--bindir", "--sbindir", "--libdir", "--includedir", "--datarootdir", "--datadir"),
    *("--mandir", "--infodir", "--srcdir", "--with-platlibdir", "--program-prefix", "--program-suffix"),
    *("--program-transform-name", "--host", "--build", "--target", "--help", "--version", "--cache-file"),
)
_DISABLES_TESTS = (3, 10)
_DISABLES_GIL = (3, 13)
# a folder beside the executable's, wherever that is: `$ORIGIN` on its way through make and the shell
_BESIDE = r"-Wl,-rpath,\$$ORIGIN/../lib"


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildOptions:
    """How an interpreter is to be built, as the command line says it.

    `arguments` are handed to `configure`; `keep` names parts of `PARTS`; `allow_missing` are standard modules that
    may be left out for want of headers; `patches` are paths.
    """

    optimize: bool = False
    debug: bool = False
    free_threaded: bool = False
    arguments: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()
    patches: tuple[str, ...] = ()
    allow_missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """Everything that decides the bytes: one digest for all.

    `compiler` is its first line of `--version`, `libc` the host's (`glibc 2.36`), `patches` the SHA-256 of each,
    `flags` the variables of `FLAGS` that are set.
    """

    version: str
    platform: str
    source: str
    configure: tuple[str, ...]
    compiler: str
    libc: str
    flags: Mapping[str, str] = field(default_factory=dict[str, str])
    patches: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()
    free_threaded: bool = False
    debug: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Return the recipe as it is recorded beside the interpreter."""
        return {
            "version": self.version,
            "platform": self.platform,
            "source": self.source,
            "configure": list(self.configure),
            "compiler": self.compiler,
            "libc": self.libc,
            "flags": dict(sorted(self.flags.items())),
            "patches": list(self.patches),
            "keep": list(self.keep),
        }

    @property
    def digest(self) -> str:
        """The SHA-256 of everything, in hexadecimal."""
        return sha256(json.dumps(self.to_dict(), sort_keys=True).encode()).hexdigest()

    @property
    def name(self) -> str:
        """The name of the interpreter's folder in the store."""
        threads = "t" if self.free_threaded else ""
        return f"cpython-{self.version}{threads}-{self.platform}-{self.digest[:12]}"


def configure_arguments(version: str, options: BuildOptions) -> tuple[str, ...]:
    """Return the arguments of `configure` apart from the prefix, parity's first, the user's own behind them.

    Raises BuildOptionRefused for arguments that would undo what parity relies on, and for what a version cannot do.
    """
    release = Version(version).release
    free_threaded = options.free_threaded
    if free_threaded and release < _DISABLES_GIL:
        raise BuildOptionRefused(
            f"Python {version} cannot be built free-threaded", hint="3.13 is the first version that can"
        )
    own = ["--with-ensurepip=install"]
    if "static" not in options.keep and release >= _DISABLES_TESTS:
        own.append("--without-static-libpython")
    # the profile of an optimised build is that of Python's own tests: there they are left out afterwards
    if "tests" not in options.keep and not options.optimize and release >= _DISABLES_TESTS:
        own.append("--disable-test-modules")
    own += ["--enable-optimizations", "--with-lto"] if options.optimize else []
    own += ["--with-pydebug"] if options.debug else []
    own += ["--disable-gil"] if free_threaded else []
    return (*own, *map(_checked, options.arguments))


def settled_flags(environ: Mapping[str, str], options: BuildOptions, *, macos: bool = False) -> dict[str, str]:
    """Return the compiler's variables for `configure`: the user's own, and what parity adds.

    Without debug symbols nothing is compiled with them; a shared library is found beside the program that needs it.
    """
    flags = {name: environ[name] for name in FLAGS if environ.get(name)}
    if not keeps_symbols(options):
        flags["CFLAGS_NODIST"] = f"-g0 {flags.get('CFLAGS_NODIST', '')}".strip()
    if any(argument == "--enable-shared" for argument in map(_dashed, options.arguments)) and not macos:
        flags["LDFLAGS"] = f"{flags.get('LDFLAGS', '')} {_BESIDE}".strip()
    return flags


def keeps_symbols(options: BuildOptions) -> bool:
    """Say whether debug symbols stay."""
    return options.debug or "debug" in options.keep


def _checked(argument: str) -> str:
    dashed = _dashed(argument)
    if dashed.split("=", 1)[0] in _REFUSED:
        raise BuildOptionRefused(
            f"`{dashed}` cannot be given to `configure`: parity decides where an interpreter goes",
            hint="leave it out; environments rely on the usual layout",
        )
    return dashed


def _dashed(argument: str) -> str:
    """Return an argument of `configure` as it takes it; `enable-shared` means `--enable-shared`, `NAME=…` stays."""
    if argument.startswith("-") or (argument.partition("=")[0].isupper() and "=" in argument):
        return argument
    return f"--{argument}"


def normalised_parts(texts: Sequence[str]) -> tuple[str, ...]:
    """Return the parts to keep out of `tests,debug` and the like, sorted. Raises BuildOptionRefused for other words."""
    found = {word.strip() for text in texts for word in text.split(",") if word.strip()}
    if unknown := sorted(found - set(PARTS)):
        known = ", ".join(f"`{part}`" for part in PARTS)
        raise BuildOptionRefused(f"`{unknown[0]}` is nothing that can be kept", hint=f"name some of {known}")
    return tuple(sorted(found))
