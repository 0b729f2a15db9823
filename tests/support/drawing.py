"""Random universes, made so that about half of them have an answer, and often not the first that comes to mind."""

import random
from typing import Any

from tests.support.universes import Universe

_BOUNDS = ("", "", "", ">=2", "<2", "<3", ">=1,<3", "==1", "!=2")
_PYTHONS = ("3.11.9", "3.12.4")
_EXTRAS = ("fast", "doc")


def draw(seed: int) -> Universe:
    """Return the universe of a number."""
    random_ = random.Random(seed)  # noqa: S311 - universes for a test
    names = ["a", "b", "c"]
    aliases = {"py-a": "a"} if random_.random() < 0.4 else {}
    if aliases and random_.random() < 0.4:
        aliases["a-core"] = "a"  # two packages of conda that bring one distribution
    conda_names = [*random_.sample([*names, "lib"], random_.randint(1, 3)), *aliases]
    conda_names = [name for name in dict.fromkeys(conda_names) if not (aliases and name == "a")]
    conda = [{"name": "python", "version": version, "build": "h0_0_cpython"} for version in _PYTHONS]
    for name in conda_names:
        conda += _packages(random_, name, conda_names)
    wheels = [
        file for name in random_.sample(names, random_.choice([2, 3, 3])) for file in _files(random_, name, names)
    ]
    return Universe(
        conda=conda,
        wheels=wheels,
        ask=_ask(random_, conda_names, names),
        names=aliases,
        own=_picked(random_, conda, 0.6),
        kept={
            **{f"conda:{name}": version for name, version in _picked(random_, conda, 0.15).items()},
            **_picked(random_, wheels, 0.15),
        },
        prefer={name: random_.choice(["conda", "pypi"]) for name in names if random_.random() < 0.1},
        sdists=[name for name in names if random_.random() < 0.3],
    )


def _ask(random_: random.Random, conda: list[str], names: list[str]) -> dict[str, list[str]]:
    python = random_.choice(["python", "python", "python=3.11", "python>=3.12"])
    asked = [
        f"{name}{random_.choice(_BOUNDS)}" for name in random_.sample(conda, random_.randint(0, min(2, len(conda))))
    ]
    pypi = [_requirement(random_, name, marker=0.1) for name in random_.sample(names, random_.randint(1, 2))]
    if random_.random() < 0.1:
        pypi[0] = f"{random_.choice(names)}==3.0rc1"
    found = {"conda": [python, *asked], "pypi": pypi}
    if random_.random() < 0.2:
        found["constraints"] = [f"{random_.choice(names)}{random_.choice(['<2', '>=2', '!=1'])}"]
    return found


def _packages(random_: random.Random, name: str, others: list[str]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for version in random_.sample(["1.0", "2.0", "3.0"], random_.randint(1, 3)):
        builds = random_.choice([["3.11", "3.12"], ["3.11"], ["3.12"], [""], [""]])
        for build in builds:
            depends = [f"{other} {bound}".strip() for other in others if other != name and random_.random() < 0.25
                       for bound in [random_.choice(_BOUNDS)]]  # fmt: skip
            constrains = [f"{random_.choice(others)} {random_.choice(['<2', '>=2'])}"] if random_.random() < 0.1 else []
            if name != "lib" or random_.random() < 0.2:
                depends.append(f"python {build}.*" if build else "python >=3.11")
            if random_.random() < 0.05:
                depends.append("__cuda >=12")
            found.append(
                {
                    "name": name,
                    "version": version,
                    "build": f"py{build}_0" if build else "0",
                    "depends": depends,
                    "constrains": [each for each in constrains if not each.startswith(f"{name} ")],
                }
            )
    return found


def _files(random_: random.Random, name: str, names: list[str]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    versions = random_.sample(["1.0", "2.0", "3.0", "3.0rc1"], random_.randint(2, 4))
    for version in versions:
        others = [each for each in names if each != name]
        requires = [
            _requirement(random_, other, marker=0.25, extra=0.25) for other in others if random_.random() < 0.35
        ]
        file: dict[str, Any] = {"name": name, "version": version, "requires": requires}
        if random_.random() < 0.2:
            file["tag"] = random_.choice(["cp311-cp311-manylinux_2_17_x86_64", "cp312-cp312-manylinux_2_17_x86_64"])
        if random_.random() < 0.1:
            file["python"] = random_.choice([">=3.12", "<3.12"])
        if random_.random() < 0.1:
            file["yanked"] = True
        if random_.random() < 0.1:
            file["sdist"] = True
        found.append(file)
    return found


def _requirement(random_: random.Random, name: str, *, marker: float, extra: float = 0.0) -> str:
    extras = f"[{random_.choice(_EXTRAS)}]" if random_.random() < 0.2 else ""
    text = f"{name}{extras}{random_.choice(_BOUNDS)}"
    conditions = []
    if random_.random() < marker:
        conditions.append(random_.choice([
            'python_version < "3.12"', 'python_version >= "3.12"', 'sys_platform == "win32"',
            'platform_machine == "x86_64"',
        ]))  # fmt: skip
    if random_.random() < extra:
        conditions.append(f'extra == "{random_.choice(_EXTRAS)}"')
    return f"{text} ; {' and '.join(conditions)}" if conditions else text


def _picked(random_: random.Random, things: list[dict[str, Any]], chance: float) -> dict[str, str]:
    return {each["name"]: each["version"] for each in things if random_.random() < chance}
