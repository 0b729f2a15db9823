"""environment.yml: everything that conda, mamba and conda-lock put there."""

import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parity.core.manifests.environment_yml import Environment, parse_environment

WHOLE = """\
name: train
channels:
  - pytorch
  - conda-forge
  - nodefaults
  - pytorch
dependencies:
  - python=3.10
  - conda-forge::numpy=1.26   # [linux]
  - gcc_linux-64>=6  # [linux64]
  - clang_osx-arm64  # [arm64]
  - sel(win): pywin32
  - sel(osx):
      - lldb
      - libomp
  - pip
  - pip:
      - wandb==0.17
      - psutil ; python_version < "3.12"  # [linux and not aarch64]
      - --extra-index-url https://example.org/simple
variables:
  OMP_NUM_THREADS: 1
  RATE: 1.10
  FLAG: yes
  EMPTY: ""
prefix: /somewhere/else
platforms: [linux-64, osx-arm64]
category: dev
"""


NO_SECTION = "is no section that parity knows; there are `pip:` and `sel(PLATFORM):`"


def parse(text: str, *, platform: str = "linux-64", **files: str) -> Environment:
    """Parse a text, dedented, with the files it may include."""
    names = {name.replace("_", "."): content for name, content in files.items()}
    return parse_environment(textwrap.dedent(text), "environment.yml", read=names.get, platform=platform)


def faults(text: str) -> list[str]:
    """Return the faults of a text as `place: message` lines."""
    return [f"{fault.place}: {fault.message}" for fault in parse(text).faults]


def test_whole_file_is_read() -> None:
    """Every part arrives where it belongs."""
    found = parse(WHOLE)

    assert () == found.faults
    assert "train" == found.name
    assert ("pytorch", "conda-forge", "nodefaults") == found.channels
    assert ["python", "numpy", "gcc_linux-64", "pip"] == [entry.name for entry in found.conda]
    assert ["wandb", "psutil"] == [wheel.name for wheel in found.wheels]
    assert ["https://example.org/simple"] == [index.url for index in found.indexes]
    assert {"OMP_NUM_THREADS": "1", "RATE": "1.10", "FLAG": "yes", "EMPTY": ""} == found.variables
    assert ("linux-64", "osx-arm64") == tuple(platform.name for platform in found.platforms)
    assert ["3.10"] == [request.text for request in found.python]
    assert ["prefix-ignored"] == [finding.code for finding in found.findings]


def test_a_lock_of_conda_lock_is_no_environment() -> None:
    """It would ask for nothing, and make an empty environment."""
    found = parse_environment("version: 1\nmetadata: {}\npackage: []\n", "lock.yml", read=lambda _: None)
    assert ["this is what conda-lock has locked, and no `environment.yml`"] == [each.message for each in found.faults]


def test_places_have_key_and_line() -> None:
    """A person finds every entry by its key path and its line."""
    found = parse(WHOLE)

    assert "environment.yml:9: dependencies[1]" == str(found.conda[1].place)
    assert "environment.yml:19: dependencies[7].pip[1]" == str(found.wheels[1].place)


@pytest.mark.parametrize(
    ("platform", "conda", "wheels"),
    [
        ("linux-aarch64", ["python", "numpy", "pip"], ["wandb"]),
        ("osx-arm64", ["python", "clang_osx-arm64", "lldb", "libomp", "pip"], ["wandb"]),
        ("win-64", ["python", "pywin32", "pip"], ["wandb"]),
    ],
)
def test_selectors_choose_by_platform(platform: str, conda: list[str], wheels: list[str]) -> None:
    """Comments and `sel(…)` hold on their platforms alone, in the `pip:` list too."""
    found = parse(WHOLE, platform=platform)

    assert conda == [entry.name for entry in found.conda]
    assert wheels == [wheel.name for wheel in found.wheels]


def test_content_is_the_meaning_of_the_whole_file() -> None:
    """Platform, comments, order of packages, name and prefix do not change it; a selector or a channel order does."""
    content = parse(WHOLE).content
    turned = WHOLE.replace("  - python=3.10\n", "").replace("  - pip\n", "  - pip  # a remark\n  - python 3.10.*\n")

    assert content == parse(WHOLE, platform="win-64").content
    assert content == parse(turned.replace("train", "other").replace("/somewhere", "/there")).content
    assert content != parse(WHOLE.replace("[arm64]", "[osx]")).content
    assert content != parse(WHOLE.replace("[linux and not aarch64]", "[linux]")).content
    assert content != parse(WHOLE.replace("- conda-forge\n  - nodefaults", "- nodefaults\n  - conda-forge")).content
    assert content != parse(WHOLE.replace("RATE: 1.10", "RATE: 1.1")).content


@pytest.mark.parametrize(
    "text",
    ["", "---\n", "# nothing\n", "dependencies:\n", "name:\nchannels:\ndependencies: []\nvariables:\n", "null\n"],
)
def test_empty_parts_are_fine(text: str) -> None:
    """A file that asks for nothing is a file."""
    found = parse(text)

    assert ((), (), ()) == (found.faults, found.conda, found.findings)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("- numpy\n", "environment.yml:1: this is no mapping of keys"),
        ("numpy\n", "environment.yml:1: this is no mapping of keys"),
        ("name: [a]\n", "environment.yml:1: name: `name` is a name, not a list or a mapping"),
        ("channels: conda-forge\n", "environment.yml:1: channels: `channels` is a list"),
        ("channels:\n  - {a: b}\n", "environment.yml:2: channels[0]: this entry is not a word"),
        ("dependencies: numpy\n", "environment.yml:1: dependencies: `dependencies` is a list"),
        ("dependencies: {numpy: 1}\n", "environment.yml:1: dependencies: `dependencies` is a list"),
        ("dependencies:\n  - \n", "environment.yml:2: dependencies[0]: this entry is empty"),
        ("dependencies:\n  - 3\n", "environment.yml:2: dependencies[0]: `3` is no package"),
        ("dependencies:\n  - [a]\n", "environment.yml:2: dependencies[0]: a list stands inside the list"),
        (
            "dependencies:\n  - -r requirements.txt\n",
            "environment.yml:2: dependencies[0]: `-r requirements.txt` is a line for pip among conda packages",
        ),
        (
            "dependencies:\n  - npm:\n    - left\n",
            f"environment.yml:3: dependencies[0].npm: `npm:` {NO_SECTION}",
        ),
        (
            "dependencies:\n  - numpy: 1.26\n",
            f"environment.yml:2: dependencies[0].numpy: `numpy:` {NO_SECTION}",
        ),
        ("dependencies:\n  - pip: wandb\n", "environment.yml:2: dependencies[0].pip: `pip` is a list"),
        (
            "dependencies:\n  - pip:\n    - 1\n",
            "environment.yml:3: dependencies[0].pip[0]: this entry is no requirement",
        ),
        (
            "dependencies:\n  - sel(linx): gdb\n",
            "environment.yml:2: dependencies[0].sel(linx): `linx` is no platform that a selector knows",
        ),
        ("variables: [a]\n", "environment.yml:1: variables: `variables` is a mapping"),
        ("variables:\n  A: [b]\n", "environment.yml:2: variables.A: `A` is one value, not a list or a mapping"),
        ("variables:\n  A:\n", "environment.yml:2: variables.A: `A` has no value"),
        ("platforms:\n  - linux64\n", "environment.yml:2: platforms[0]: `linux64` is no platform that conda knows"),
        ("name: a\nname: b\n", "environment.yml:2: name: `name` is given twice, first in line 1"),
        ("<<<<<<< HEAD\nname: a\n", "environment.yml:1: a merge left its marker here"),
        ("name: a\n---\nname: b\n", "environment.yml:2: this is no YAML: a second document begins here"),
        ("a: &a [*a]\n", "environment.yml:1: a[0]: this contains itself"),
        ("[" * 5000, "environment.yml: this is nested too deeply"),
    ],
)
def test_fault_names_place_and_reason(text: str, expected: str) -> None:
    """What cannot be meant is refused where it stands."""
    assert [expected] == faults(text)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("dependencies:\n\t- numpy\n", 2),
        ("a: [\n", 2),
        ("a: b: c\n", 1),
        ("a: 'x\n", 2),
        ("a: *b\n", 1),
        ("\x00", None),
    ],
)
def test_what_is_no_yaml_is_refused_with_its_line(text: str, line: int | None) -> None:
    """Tabs, open brackets and quotes, unknown aliases and control characters end in one fault."""
    (fault,) = parse(text).faults

    assert "this is no YAML" in fault.message
    assert line == fault.place.line


def test_all_faults_come_together() -> None:
    """One reading tells everything that is wrong."""
    text = "channels: x\ndependencies:\n  - num py z w\n  - pip:\n    - '=='\n    - -r gone.txt\nplatforms: [mars]\n"

    assert [1, 7, 3, 5, 6] == [fault.place.line for fault in parse(text).faults]


def test_second_pip_list_is_refused() -> None:
    """What conda would do, dropping the first list without a word, is not done."""
    assert 1 == len(faults("dependencies:\n  - pip:\n    - a\n  - pip:\n    - b\n"))


def test_unknown_key_warns_and_proposes() -> None:
    """A key that nothing reads may be a slip."""
    (finding,) = parse("dependencies: []\nvariabels:\n  A: 1\n").findings

    assert ("unknown-key", "warning") == (finding.code, finding.severity)
    assert "did you mean `variables`?" == finding.hint


def test_a_slip_in_the_key_of_packages_or_channels_is_refused() -> None:
    """Or an environment without packages would take the place of the one that is meant."""
    for slip, meant in (("dependancies", "dependencies"), ("channel", "channels")):
        (fault,) = parse(f"{slip}:\n  - numpy\n").faults
        assert (1, f"did you mean `{meant}`?") == (fault.place.line, fault.hint)
        assert () == parse(f"{slip}:\n  - numpy\n{meant}:\n  - numpy\n").faults


def test_mlflow_file_is_refused() -> None:
    """MLflow's python_env.yaml has another meaning under a similar look."""
    found = faults("python: 3.12.3\nbuild_dependencies:\n- pip\ndependencies:\n- -r requirements.txt\n")

    assert 3 == len(found)
    assert "environment.yml:1: python: `python` belongs in MLflow's" in found[0]


def test_remark_in_brackets_is_no_selector() -> None:
    """Free text is a remark; one word that names no platform is kept, with a warning."""
    found = parse("dependencies:\n  - a  # [see issue 4]\n  - b  # [optional]\n  - c  # [linux64] only there\n")

    assert ["a", "b", "c"] == [entry.name for entry in found.conda]
    assert ["selector-unknown"] == [finding.code for finding in found.findings]


def test_selector_elsewhere_is_remarked() -> None:
    """Selectors hold for dependencies; a channel with one is kept, and said so."""
    found = parse("channels:\n  - a  # [linux]\n")

    assert ("a",) == found.channels
    assert ["selector-ignored"] == [finding.code for finding in found.findings]


def test_hash_inside_quotes_is_no_comment() -> None:
    """Only what YAML takes for a comment is one."""
    found = parse("dependencies:\n  - pip:\n    - 'a==1  # [win]'\n")

    assert ["a"] == [wheel.name for wheel in found.wheels]


def test_included_requirements_are_read() -> None:
    """`-r` inside `pip:` leads to the file, and its content counts."""
    text = "dependencies:\n  - pip:\n    - -r requirements.txt\n"
    found = parse(text, requirements_txt="flask>=2\n")

    assert ["flask"] == [wheel.name for wheel in found.wheels]
    assert found.content != parse(text, requirements_txt="flask>=3\n").content


def test_merge_keys_and_aliases_are_resolved() -> None:
    """`<<` fills in what is not said."""
    text = "x: &v\n  A: '1'\n  B: '1'\nvariables:\n  <<: *v\n  B: '2'\n"

    assert {"A": "1", "B": "2"} == parse(text).variables


def test_unfolding_aliases_are_stopped() -> None:
    """A small file does not unfold into a large one."""
    rows = [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 9)]

    assert ["environment.yml: this has too many parts"] == faults("\n".join(["a0: &a0 [x]", *rows]))


def test_python_ranges_and_alternatives() -> None:
    """Ranges become PEP 440; what only conda can answer stays with conda."""
    assert ["<3.12,>=3.9"] == [request.version for request in parse("dependencies: ['python >=3.9,<3.12']").python]
    assert () == parse("dependencies: [python]").python
    assert () == parse("dependencies: ['python 3.11|3.12']").python


LINES = st.sampled_from(
    [
        "name: a",
        "dependencies:",
        "  - numpy=1.2",
        "  - pip:",
        "      - x==1",
        "  - sel(linux): y",
        "variables:",
        "  A: 1",
    ]
)


@given(st.one_of(st.text(max_size=60), st.lists(LINES, max_size=10).map("\n".join)))
def test_any_text_parses_or_has_faults(text: str) -> None:
    """No text ends in anything but a result."""
    parse_environment(text, "environment.yml", read=lambda _: None)
