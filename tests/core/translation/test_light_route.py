"""environment.yml without conda."""

from pathlib import Path

import pytest

import parity
from parity.core.manifests.match_spec import parse_match_spec
from parity.core.places import Place
from parity.core.translation.light_route import Translation, translate
from parity.core.translation.names import EXCEPTIONS_FILE, NAMES_FILE, NameTable

DATA = Path(parity.__file__).parent / "data"
TABLE = NameTable.from_text(
    (DATA / NAMES_FILE).read_text(encoding="utf-8"), (DATA / EXCEPTIONS_FILE).read_text(encoding="utf-8")
)


def light(*texts: str) -> Translation:
    """Translate MatchSpecs that stand in the lines of a file."""
    return translate(
        [parse_match_spec(text, Place(file="e.yml", line=line)) for line, text in enumerate(texts, 1)], TABLE
    )


def faults(*texts: str) -> list[str]:
    """Return the faults as `line: message`."""
    return [f"{fault.place.line}: {fault.message}" for fault in light(*texts).faults]


def test_ordinary_environment_is_translated() -> None:
    """Names, versions, the interpreter and the accelerator arrive."""
    found = light("python=3.10", "pytorch=2.3", "pytorch-cuda=12.1", "numpy>=1.26,<2", "pip", "matplotlib-base")

    assert ["torch==2.3.*", "numpy<2,>=1.26", "pip", "matplotlib"] == [wheel.to_text() for wheel in found.wheels]
    assert ["3.10"] == [request.text for request in found.python]
    assert "cu121" == found.accelerator
    assert ((), (), ()) == (found.faults, found.lost, found.findings)


@pytest.mark.parametrize(
    ("accelerator", "texts"),
    [
        ("", ["numpy"]),
        ("cpu", ["cpuonly"]),
        ("cpu", ["pytorch-cpu=2.1"]),
        ("cpu", ["pytorch=2.1=cpu_py311h0_0"]),
        ("cu118", ["cudatoolkit=11.8"]),
        ("cu118", ["cudatoolkit==11.8.0", "cuda-version=11.8"]),
        ("cu126", ["cuda-version 12.6.*", "pytorch-gpu"]),
        ("cu118", ["pytorch=2.1.*=*cuda11.8*"]),
        ("cu112", ["pytorch=1.13=cuda112py310h0_0"]),
        ("cu124", ["pytorch=2.4.*=*cuda*", "cuda-version=12.4"]),
    ],
)
def test_accelerator_is_found(accelerator: str, texts: list[str]) -> None:
    """Packages and build strings choose what is computed on."""
    found = light(*texts)

    assert (accelerator, ()) == (found.accelerator, found.faults)


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["cxx-compiler"], "1: `cxx-compiler` has no equal on PyPI"),
        (["numpy 1.26|1.27"], "1: `numpy`: `==1.26|==1.27` offers alternatives, which PEP 440 cannot say"),
        (["python 3.11|3.12"], "1: `python`: `==3.11|==3.12` offers alternatives, which PEP 440 cannot say"),
        (["cudatoolkit"], "1: `cudatoolkit` must name one CUDA on the light route; this is no version"),
        (["cuda-version=12"], "1: `cuda-version` must name one CUDA on the light route; this is `12.*`"),
        (["cuda-version>=12.1,<13"], "1: `cuda-version` must name one CUDA on the light route; this is `>=12.1,<13`"),
        (["cuda-version=12.6", "cudatoolkit=11.8"], "2: `cu118` is asked for here and `cu126` in line 1"),
        (["cpuonly", "pytorch=2.1.*=*cuda*"], "2: `pytorch` asks for CUDA, but `cpu` stands in line 1"),
        (["pytorch-gpu"], "1: `pytorch-gpu` asks for CUDA, without saying which"),
        (["cupy"], "1: `cupy` has a name for each CUDA on PyPI, and no CUDA is named"),
        (["pyqt"], "1: `pyqt` is another project on PyPI for each major version, and this names none"),
        ([f"numpy[md5={'ab' * 16}]"], "1: `numpy` with `md5` names one file of a conda channel"),
        (["https://example.org/c/numpy-1.26-py_0.conda"], "1: `numpy` with `url` names one file of a conda channel"),
    ],
)
def test_what_has_no_equal_is_refused_with_its_place(texts: list[str], expected: str) -> None:
    """Nothing falls away in silence: not a compiler, not a GPU."""
    assert [expected] == faults(*texts)


def test_all_faults_come_together() -> None:
    """One translation tells everything that stands in its way."""
    assert 3 == len(faults("gdb", "numpy", "cmake", "r-base", "pytorch-gpu"))


def test_what_is_lost_is_told_with_its_package() -> None:
    """Channels, subdirs, build strings and bracket keys are listed once each."""
    found = light(
        "conda-forge/linux-64::numpy=1.26=py311_0", "scipy[license=BSD]", "nomkl", "python=3.11.4=h1_0_cpython"
    )

    assert () == found.faults
    expected = (
        "`nomkl`, which only steers conda",
        "channel `conda-forge`, subdir `linux-64`, build `py311_0` of `numpy`",
        "license `BSD` of `scipy`",
    )
    assert expected == found.lost


def test_unmapped_name_passes_with_a_warning() -> None:
    """The tables do not know everything; what they do not know is said."""
    found = light("some-new-thing=1.2")

    assert ["some-new-thing==1.2.*"] == [wheel.to_text() for wheel in found.wheels]
    assert [("name-unmapped", "warning")] == [(finding.code, finding.severity) for finding in found.findings]


def test_cuda_and_major_version_choose_the_project() -> None:
    """Projects that are called by CUDA or by major version on PyPI get their name from the rest."""
    found = light("cupy>=13", "cuda-version=12.9", "pyqt=5.15", "tensorflow-gpu=2.15")

    names = ["pyqt5==5.15.*", "tensorflow[and-cuda]==2.15.*", "cupy-cuda12x>=13"]
    assert names == [wheel.to_text() for wheel in found.wheels]


def test_place_goes_along() -> None:
    """An answer of uv's about a wheel can be shown where the user wrote it."""
    assert [2] == [wheel.place.line for wheel in light("python", "numpy").wheels]
