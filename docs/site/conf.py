# ruff: noqa: INP001 - Sphinx reads this file, nobody imports it
"""How the pages become a site: `script/docs`. They are written for a reader of the repository, and stay as they are."""

import re
from collections.abc import Iterator

from sphinx.application import Sphinx

project = "parity"
extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
include_patterns = ["*.md", "docs/**.md", "examples/**.md"]
root_doc = "docs/index"
html_theme = "furo"
html_title = "parity"
html_show_copyright = False
html_copy_source = False
myst_heading_anchors = 3
suppress_warnings = ["misc.highlighting_failure"]  # an ellipsis in JSON

_ROOM = re.compile(r"^## (?P<title>.+)\n(?P<body>(?:(?!^## ).*\n)*)", re.MULTILINE)
_LISTED = re.compile(r"^(?:-|\d+\.) \[[^\]]*\]\((?P<page>[^)#]+)\.md\)", re.MULTILINE)
_PROJECT = ("../README", "../README.zh-CN", "../CHANGELOG", "../CONTRIBUTING")


def setup(app: Sphinx) -> None:
    """Make Sphinx's navigation of the pages that list others: a page that none of them lists is a warning."""
    app.connect("source-read", _with_navigation)


def _with_navigation(_app: Sphinx, page: str, source: list[str]) -> None:
    if page == root_doc:
        rooms = {**dict(_rooms(source[0])), "The project": _PROJECT}
        source[0] += "".join(_navigation(title, pages) for title, pages in rooms.items())
    elif page.endswith("decisions/README"):
        source[0] += _navigation("Decisions", _LISTED.findall(source[0]))


def _rooms(text: str) -> Iterator[tuple[str, list[str]]]:
    for found in _ROOM.finditer(f"{text}\n"):
        yield found["title"], _LISTED.findall(found["body"])


def _navigation(title: str, pages: list[str] | tuple[str, ...]) -> str:
    return f"\n```{{toctree}}\n:hidden:\n:caption: {title}\n\n" + "\n".join(pages) + "\n```\n"
