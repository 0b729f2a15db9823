"""`parity check --html`: the page as text, and in a browser that really runs it."""

import html
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from parity.core.lockfile import v1
from parity.core.lockfile.model import LockedPython, LockedTarget, LockedWheel, Lockfile
from tests.support.projects import World

#: Appended to a copy of the page: uses it as a person would and says what is to be seen then.
_VISIT = """
<script>
const said = {};
const shown = () => [...document.querySelectorAll("tbody tr")].filter((row) => row.offsetHeight)
  .map((row) => row.dataset.name);
const colours = (element) => { const style = getComputedStyle(element); return [style.color, style.backgroundColor]; };
said.verdict = document.getElementById("verdict").innerText.trim();
said.all = shown();
filter.value = "TOR"; filter.dispatchEvent(new Event("input"));
said.filtered = shown();
filter.value = ""; filter.dispatchEvent(new Event("input"));
only.click();
said.only = shown();
only.click();
const link = document.querySelector("td.fails a");
link.focus();
said.focused = document.activeElement === link;
link.click();
said.open = dialog.open;
said.details = dialog.innerText;
said.injected = window.injected === true;
dialog.close();
document.querySelector(".machines a").click();
said.jumped = document.activeElement.tagName;
const box = document.querySelector(".scroll");
box.scrollTop = 400; box.scrollLeft = 60;
const edge = box.getBoundingClientRect();
said.stuck = [document.querySelector("thead th").getBoundingClientRect().top - edge.top,
  document.querySelector("tbody tr:last-child th").getBoundingClientRect().left - edge.left].map(Math.round);
said.wide = document.documentElement.scrollWidth > innerWidth;
said.body = colours(document.body);
said.cells = Object.fromEntries(["runs", "warns", "fails"].map((state) => {
  const cell = document.querySelector("td." + state);
  return [state, cell ? [cell.querySelector(".sign").textContent, ...colours(cell.querySelector(".sign"))] : null];
}));
said.fetched = performance.getEntriesByType("resource").length;
const answer = document.createElement("pre");
answer.id = "said"; answer.textContent = JSON.stringify(said);
document.body.append(answer);
</script>
"""


def wheel(name: str, version: str, tag: str = "py3-none-any") -> LockedWheel:
    """Return a locked wheel."""
    file = f"{name.replace('-', '_')}-{version}-{tag}.whl"
    return LockedWheel(name=name, version=version, targets=("linux-64",), index="default", file=file, sha256="0" * 64)


@pytest.fixture
def locked(world: World) -> World:
    """Write a lock with much in it: what runs anywhere, what needs a C library, what needs a driver."""
    python = LockedPython(implementation="cpython", version="3.12", request="3.12")
    wheels = (
        wheel("torch", "2.9.0+cu130", "cp312-cp312-manylinux_2_28_x86_64"),
        wheel("numpy", "2.1.3", "cp312-cp312-manylinux_2_17_x86_64"),
        *(wheel(f"pure-{number:02}", "1.0") for number in range(40)),
    )
    target = LockedTarget(name="linux-64", python=python)
    lock = Lockfile(route="venv", manifests={}, made_with={}, targets=(target,), wheels=wheels)
    world.write("requirements.txt", "torch\n")
    world.write("parity.lock", v1.dump(lock))
    return world


def report(world: World, *machines: str) -> str:
    """Return the text of a report about machines."""
    words = [word for name in machines for word in ("--on", name)]
    world.parity("check", *words, "--html", "report.html")
    return (world.project / "report.html").read_text(encoding="utf-8")


def visited(page: str, folder: Path, *, width: int = 1280, dark: bool = False) -> dict[str, Any]:
    """Open a page in a browser, use it, and return what was to be seen."""
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if browser is None:
        pytest.skip("no Chromium here (on Debian: `apt-get install chromium`)")
    place = folder / "visited.html"
    place.write_text(page.replace("</body>", f"{_VISIT}</body>"), encoding="utf-8")
    flags = ["--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder / 'browser'}"]
    flags += [f"--window-size={width},900", f"--blink-settings=preferredColorScheme={0 if dark else 1}", "--dump-dom"]
    seen = subprocess.run(
        [browser, *flags, place.as_uri()], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True, timeout=120
    )
    found = re.search(r'<pre id="said">(.*?)</pre>', seen.stdout.decode(), re.DOTALL)
    assert found is not None
    said: dict[str, Any] = json.loads(html.unescape(found[1]))
    return said


def test_a_report_is_one_file_and_the_same_each_time(locked: World) -> None:
    """Nothing in it is fetched from anywhere, and nothing of this run is in it."""
    machines = ("ubuntu-24.04", "alpine-3.20", "linux-64")
    page = report(locked, *machines)
    assert page == report(locked, *machines)
    assert not re.findall(r'(?:src|href)="(?!#)', page)
    assert "://" not in page
    assert str(locked.root) not in page
    assert "{{" not in page


def test_what_it_says_is_what_check_says(locked: World) -> None:
    """Exit code, verdict, machines and the place of the report are in the answer."""
    words = ["check", "--on", "ubuntu-24.04", "--on", "alpine-3.20", "--html", "report.html", "--json"]
    outcome = locked.parity(*words)
    data = json.loads(outcome.raw_stdout)["data"]

    assert 1 == outcome.exit_code
    assert [("ubuntu-24.04", "runs"), ("alpine-3.20", "fails")] == [
        (m["machine"], m["verdict"]) for m in data["machines"]
    ]
    assert ("alpine-3.20", "fails") == (data["machine"], data["verdict"])
    assert str(locked.project / "report.html") == data["report"]
    assert {"target-unfit", "wheel-unfit"} <= {each["code"] for each in data["machines"][1]["findings"]}


def test_without_names_it_is_about_every_target_of_the_lock(locked: World) -> None:
    """And this machine, which stands first."""
    outcome = locked.parity("check", "--html", "report.html", "--json")
    machines = json.loads(outcome.raw_stdout)["data"]["machines"]
    assert ["this machine", "linux-64"] == [each["machine"] for each in machines]


def test_a_folder_that_is_not_there(locked: World) -> None:
    """An error that names it, and no report."""
    outcome = locked.parity("check", "--on", "linux-64", "--html", "no/such/folder/report.html")
    assert 1 == outcome.exit_code
    assert "no/such/folder" in outcome.stderr


def test_a_person_can_use_it(locked: World, tmp_path: Path) -> None:
    """Verdict, filter, what fails alone, findings by click and by key, headings that stay, nothing fetched."""
    said = visited(report(locked, "ubuntu-24.04", "alpine-3.20"), tmp_path)

    assert said["verdict"].endswith("Fails on 1 of 2 machines")
    assert 44 == len(said["all"])
    assert ["torch"] == said["filtered"]
    assert ["machine", "numpy", "torch"] == said["only"]
    assert (True, True) == (said["focused"], said["open"])
    assert "does not satisfy the lock" in said["details"]
    assert "What to do:" in said["details"]
    assert "A" == said["jumped"]
    assert [0, 0] == [offset if abs(offset) > 1 else 0 for offset in said["stuck"]]
    assert 0 == said["fetched"]


def test_signs_differ_by_shape_and_both_schemes_are_their_own(locked: World, tmp_path: Path) -> None:
    """Nobody has to tell red from green, and dark is dark."""
    page = report(locked, "ubuntu-24.04", "alpine-3.20")
    light, dark = visited(page, tmp_path), visited(page, tmp_path, dark=True)

    for seen in (light, dark):
        signs = [cell[0] for cell in seen["cells"].values()]
        assert ["✓", "▲", "✕"] == signs
        assert 3 == len({cell[1] for cell in seen["cells"].values()})
    assert light["body"] != dark["body"]
    assert [False, True] == [brightness(colour) > 200 for colour in light["body"]]
    assert [True, False] == [brightness(colour) > 200 for colour in dark["body"]]


def test_it_fits_a_phone(locked: World, tmp_path: Path) -> None:
    """Only the table scrolls sideways, and names stay beside it."""
    machines = ("ubuntu-22.04", "ubuntu-24.04", "alpine-3.20", "rhel-8", "rhel-9", "linux-64", "osx-arm64", "osx-64")
    said = visited(report(locked, *machines), tmp_path, width=390)
    assert not said["wide"]
    assert [0, 0] == [offset if abs(offset) > 1 else 0 for offset in said["stuck"]]


def test_text_of_others_is_text(locked: World, tmp_path: Path) -> None:
    """A name in a lock or of a profile is no markup, in no place of the page."""
    facts = json.loads(locked.parity("probe").raw_stdout)
    facts["folders"]["home"]["path"] = '"><img src=x onerror="window.injected = true">'
    facts["folders"]["home"]["noexec"] = True
    locked.write("<b onclick=x>&.json", json.dumps(facts))
    page = report(locked, "./<b onclick=x>&.json")

    assert "<script>window" not in page
    assert "<img" not in page
    assert "<b onclick" not in page
    assert "&lt;b onclick=x&gt;&amp;" in page
    assert not visited(page, tmp_path)["injected"]


def brightness(colour: str) -> float:
    """Return how bright `rgb(…)` is, from 0 to 255."""
    red, green, blue = (int(number) for number in re.findall(r"\d+", colour)[:3])
    return 0.3 * red + 0.59 * green + 0.11 * blue


def test_a_report_takes_the_place_of_no_lock(world: World) -> None:
    """A slip in its name is told before anything is written."""
    world.write("requirements.txt", "left\n")
    world.parity("lock")
    before = (world.project / "parity.lock").read_bytes()
    refused = world.parity("check", "--html", "parity.lock")
    assert 2 == refused.exit_code
    assert "`parity.lock` is no name for a page" in refused.stderr
    assert before == (world.project / "parity.lock").read_bytes()
