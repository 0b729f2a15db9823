"""The pages become a site in which every link leads somewhere, and every page is listed."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_the_pages_make_a_site_without_a_warning(tmp_path: Path) -> None:
    """Sphinx has nothing against any page or link, and the first page leads to the others."""
    command = ["--quiet", "--fail-on-warning", "--keep-going", "--conf-dir", str(ROOT / "docs" / "site")]
    folders = ["--doctree-dir", str(tmp_path / "doctrees"), str(ROOT), str(tmp_path / "site")]
    build = [sys.executable, "-m", "sphinx", *command, *folders]
    done = subprocess.run(build, check=False, capture_output=True, text=True)
    assert (0, "") == (done.returncode, done.stderr)
    front = (tmp_path / "site" / "docs" / "index.html").read_text(encoding="utf-8")
    assert 'href="reference/errors.html"' in front
