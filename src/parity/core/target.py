"""The machine that an environment is for: named, with the floors that may be assumed of it."""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field, replace
from functools import cache
from typing import Any

from parity.core.dataclass import dataclass
from parity.core.errors import TargetImpossible, TargetUnknown
from parity.core.spelling import did_you_mean

#: The levels of the x86-64 psABI, the oldest first.
LEVELS = ("x86_64", "x86_64-v2", "x86_64-v3", "x86_64-v4")


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One kind of machine.

    `platform` is conda's word (`linux-64`). `libc` is `glibc` or `musl` with the oldest version that may be met, or
    empty on macOS, where `macos` is the oldest version. `accelerator` is `cpu`, `cu126`, …, or empty where nobody
    asked; `torch_backend` is uv's name for it. `uv` is uv's name of the platform. `glibcxx` and `cxxabi` are the newest
    symbol versions of the C++ library that comes with the system. `kinds` are the accelerators that there can be on it,
    and `without` says why there are no others. `own`: a user has described it, and a lock has to say what it is.
    `distribution` is os-release's ID, empty where the target is of many.
    """

    name: str
    platform: str
    uv: str
    libc: str = ""
    libc_version: str = ""
    glibcxx: str = ""
    cxxabi: str = ""
    macos: str = ""
    accelerator: str = ""
    torch_backend: str = ""
    virtual_packages: tuple[str, ...] = ()
    source: str = ""
    kinds: tuple[str, ...] = ("cpu", "cuda", "rocm")
    without: str = ""
    own: bool = False
    distribution: str = ""

    @property
    def cuda(self) -> str:
        """The CUDA version of the accelerator (`12.6`), empty without one."""
        return cuda_of(self.accelerator)

    @property
    def driver(self) -> str:
        """The CUDA version that its driver runs, empty where there is none."""
        named = next((text for text in self.virtual_packages if text.startswith("__cuda=")), "")
        return named.removeprefix("__cuda=")

    @property
    def level(self) -> str:
        """The level of the x86-64 psABI that may be assumed (`x86_64-v3`), empty on other processors."""
        named = next((text for text in self.virtual_packages if text.startswith("__archspec=1=x86_64")), "")
        return named.removeprefix("__archspec=1=").replace("_v", "-v")


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """What a real machine turned out to be; what nobody knows is empty.

    `cuda` is the newest version that its driver can run, `level` one of the x86-64 psABI. `gpu` is false where there is
    a driver for CUDA and no GPU that it serves.
    """

    platform: str
    libc: str = ""
    libc_version: str = ""
    macos: str = ""
    cuda: str = ""
    gpu: bool = True
    rocm: bool = False
    level: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Targets:
    """Every target that has a name, and the accelerators that may be added to it with `+`.

    `own` are those that a user has described, by their names. `glibc` are the minor versions for which uv has a name.
    `lasting` are the accelerators with which a driver is served that is older than all of its own major version.
    """

    plain: Mapping[str, Target]
    accelerators: Mapping[str, str]
    lasting: Sequence[str] = ()
    glibc: Sequence[int] = ()
    own: Mapping[str, Target] = field(default_factory=dict[str, Target])

    def knowing(self, own: Iterable[Target]) -> "Targets":
        """Return the same, with targets that a user has described; they never take a name that is parity's."""
        return replace(self, own={**self.own, **{each.name: each for each in own}})

    def named(self, name: str) -> Target:
        """Return the target of a name such as `linux-64` or `linux-64+cu126`.

        Raises TargetUnknown; TargetImpossible for an accelerator that there cannot be on such a machine.
        """
        if name in self.own:
            return self.own[name]
        base, plus, accelerator = name.partition("+")
        known = {**self.own, **self.plain}
        if base not in known:
            raise _unknown(name, base, sorted(known))
        if not plus:
            return known[base]
        if accelerator not in self.accelerators:
            raise _unknown(name, name, [f"{base}+{each}" for each in self.accelerators])
        return self.with_accelerator(replace(known[base], name=name), accelerator)

    def with_accelerator(self, target: Target, accelerator: str) -> Target:
        """Return a target with another accelerator, one of those known. Raises TargetImpossible."""
        if kind_of(accelerator) not in target.kinds:
            possible = [name for name in self.accelerators if kind_of(name) in target.kinds]
            base = target.name.partition("+")[0]
            raise TargetImpossible(
                f"`{target.name}` is a machine that there is not: {target.without}",
                hint=f"lock for `{base}`, or for {', '.join(f'`{base}+{name}`' for name in possible)}",
            )
        driver = target.driver if target.own else ""
        if accelerator != "cpu" and (why := contradiction(accelerator, driver)):
            raise TargetImpossible(f"`{target.name}` is a machine that there is not: {why}", hint="name another target")
        cuda = cuda_of(accelerator)
        virtual = [text for text in target.virtual_packages if not text.startswith("__cuda")]
        virtual += [f"__cuda={driver or cuda}"] if cuda else []
        return replace(
            target,
            accelerator=accelerator,
            torch_backend=self.accelerators[accelerator],
            virtual_packages=tuple(sorted(virtual)),
        )

    def with_uv(self, target: Target) -> Target:
        """Return a target with uv's name of its platform, as of one of parity's own of the same C library.

        uv knows some versions of glibc by name: it is told the nearest below. Raises TargetUnknown where parity has no
        target of such a kind.
        """
        like = self.like(target.platform, target.libc)
        if target.libc != "glibc":
            return replace(target, uv=like.uv)
        architecture = like.uv.partition("-")[0]
        minor = (*numbers(target.libc_version), 0, 0)[1]
        newest = max((each for each in self.glibc if each <= minor), default=self.glibc[0])
        return replace(target, uv=f"{architecture}-manylinux_2_{newest}")

    def like(self, platform: str, libc: str) -> Target:
        """Return a target of parity's own with a platform and C library. Raises TargetUnknown where it has none."""
        for target in self.plain.values():
            if (target.platform, target.libc) == (platform, libc):
                return target
        raise _unknown(platform, platform, sorted(self.plain))

    def specificity(self, target: Target, host: Host) -> tuple[object, ...]:
        """Return what orders targets that all fit one machine: accelerator first, then what of the machine they use.

        A driver runs programs of a newer CUDA of its own major version, but compiles nothing for them: those come after
        what it knows, and before those of an older major version. Of them the one that has builds for longest is first.
        """
        rank = 0 if not target.accelerator else 1 if target.accelerator == "cpu" else 2
        own = numbers(target.cuda)[:1] == numbers(host.cuda)[:1]
        knows = own and not _older(host.cuda, target.cuda)
        lasting = own and not knows and target.accelerator in self.lasting
        floor = numbers(target.libc_version or target.macos)
        return rank, own, knows, lasting, numbers(target.cuda), floor, target.level, target.name

    def accelerator_for(self, target: Target, host: Host, *, since: str = "", before: str = "") -> str:
        """Return the accelerator (`cu126`) that a machine takes first of all that a target may have; empty for none.

        A range of CUDA leaves others out.
        """
        fitting = [
            replace(target, accelerator=name)
            for name in self.accelerators
            if kind_of(name) in {"cuda", "rocm"}
            and kind_of(name) in target.kinds
            and _within(cuda_of(name), since, before)
            and not _accelerator_missing(replace(target, accelerator=name), host)
        ]
        first = max(fitting, key=lambda each: self.specificity(each, host), default=None)
        return first.accelerator if first else ""

    def fitting(self, host: Host) -> Target | None:
        """Return the target of parity's own with the highest floors that a machine satisfies; None for none."""
        plain = [target for target in self.plain.values() if not unsatisfied(target, host)]
        return max(plain, key=lambda target: numbers(target.libc_version or target.macos), default=None)

    def default(self, host: Host) -> Target:
        """Return the named target of a machine's kind: `linux-64` on any Linux with glibc on x86-64.

        Raises TargetUnknown where no target describes this kind of machine.
        """
        plain = self.plain.get(host.platform)
        if plain and plain.libc in {host.libc, ""}:
            return plain
        return self.like(host.platform, host.libc)


@cache
def load_targets(text: str) -> Targets:
    """Read the data file of targets (ours, TOML)."""
    data = tomllib.loads(text)
    return Targets(
        plain={entry["name"]: _from_data(entry) for entry in data["target"]},
        accelerators=data["accelerators"],
        lasting=data["lasting"]["accelerators"],
        glibc=data["uv"]["glibc"],
    )


def _from_data(entry: Mapping[str, Any]) -> Target:
    return Target(
        name=entry["name"],
        platform=entry["platform"],
        uv=entry["uv"],
        libc=entry.get("libc", ""),
        libc_version=entry.get("libc-version", ""),
        glibcxx=entry.get("glibcxx", ""),
        cxxabi=entry.get("cxxabi", ""),
        macos=entry.get("macos", ""),
        virtual_packages=tuple(entry["virtual-packages"]),
        source=entry["source"],
        kinds=tuple(entry.get("kinds", ("cpu", "cuda", "rocm"))),
        without=entry.get("without", ""),
        distribution=entry.get("distribution", ""),
    )


def cuda_of(accelerator: str) -> str:
    """Return the CUDA version of an accelerator: `cu126` is 12.6; empty for others."""
    digits = accelerator.removeprefix("cu")
    return f"{digits[:-1]}.{digits[-1]}" if digits.isdigit() else ""


def kind_of(accelerator: str) -> str:
    """Return of which kind an accelerator is: `cuda`, `rocm`, `cpu`, or nothing for none."""
    return "cuda" if cuda_of(accelerator) else accelerator.rstrip("0123456789.")


def unsatisfied(target: Target, host: Host) -> str:
    """Return why a machine does not satisfy a target, as part of a sentence; empty where it does."""
    if host.platform != target.platform:
        return f"it is for {target.platform}, and this machine is {host.platform}"
    if host.libc != target.libc:
        return f"it is for {target.libc or 'macOS'}, and this machine has {host.libc or 'another C library'}"
    if target.libc and _older(host.libc_version, target.libc_version):
        return f"it needs {target.libc} {target.libc_version}, and this machine has {host.libc_version or 'none known'}"
    if target.macos and _older(host.macos, target.macos):
        return f"it needs macOS {target.macos}, and this machine has {host.macos or 'none known'}"
    if target.level and host.level and host.level < target.level:
        return f"it is for {target.level} processors, and this machine has {host.level}"
    return _accelerator_missing(target, host)


def _accelerator_missing(target: Target, host: Host) -> str:
    """Return what is missing; an older driver runs what a newer CUDA of its major version compiled."""
    if target.cuda and _lags(host.cuda, target.cuda):
        has = f"a driver for CUDA {host.cuda}" if host.cuda else "no CUDA driver"
        return f"it needs CUDA {target.cuda}, and this machine has {has}"
    if target.cuda and not host.gpu:
        return f"it needs CUDA {target.cuda}, and this machine has a driver for CUDA {host.cuda}, and no GPU"
    if target.accelerator.startswith("rocm") and not host.rocm:
        return "it needs ROCm, and this machine has none"
    return ""


def contradiction(accelerator: str, driver: str) -> str:
    """Return why an accelerator is not for a machine whose driver runs a CUDA; empty where it may be."""
    if driver and kind_of(accelerator) in {"cpu", "rocm"}:
        return f"`{accelerator}` has no use for a driver for CUDA {driver}"
    if driver and (cuda := cuda_of(accelerator)) and _lags(driver, cuda):
        return f"`{accelerator}` needs a driver for CUDA {_major(cuda)}, and this one is for CUDA {driver}"
    return ""


def numbers(version: str) -> tuple[int, ...]:
    """Return the numbers of a dotted version: `2.28` is (2, 28), nothing is ()."""
    return tuple(int(part) for part in version.split(".") if part.isdigit())


def _within(cuda: str, since: str, before: str) -> bool:
    return numbers(since) <= numbers(cuda) and (not before or numbers(cuda) < numbers(before))


def _lags(driver: str, cuda: str) -> bool:
    """Say whether a driver does not run what a CUDA compiled: it runs all of its own major version and older ones."""
    return _older(driver, _major(cuda))


def _major(version: str) -> str:
    return version.partition(".")[0]


def _older(has: str, needs: str) -> bool:
    return (*numbers(has), 0, 0)[:2] < (*numbers(needs), 0, 0)[:2]


def _unknown(name: str, asked: str, known: Sequence[str]) -> TargetUnknown:
    hint = f"{did_you_mean(asked, known)} targets are {', '.join(known)}".lstrip()
    return TargetUnknown(f"`{name}` is not a target that parity knows", hint=hint)
