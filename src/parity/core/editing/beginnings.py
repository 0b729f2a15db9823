"""The first text of a manifest."""

from __future__ import annotations

import json
import re

from packaging.utils import InvalidName, canonicalize_name

from parity.core.export.yaml_text import scalar


def name_for(folder: str) -> str:
    """Return what a project in a folder of some name is called: that name, as far as it can be one."""
    try:
        return canonicalize_name(re.sub(r"[^A-Za-z0-9._-]+", "-", folder).strip("-._"), validate=True)
    except InvalidName:
        return "project"


def pyproject_text(name: str, python: str) -> str:
    """Return a small `pyproject.toml`; `python` is a version (`3.12`), or empty for no word about it."""
    requires = f'requires-python = "=={python}.*"\n' if python.count(".") == 1 else f'requires-python = "=={python}"\n'
    return f'[project]\nname = {json.dumps(name)}\nversion = "0.1.0"\n{requires if python else ""}dependencies = []\n'


def environment_text(name: str, python: str) -> str:
    """Return a small `environment.yml`; `python` is a version (`3.12`), or empty for conda's newest."""
    wanted = f"python={python}" if python else "python"
    return f"name: {scalar(name)}\nchannels:\n  - conda-forge\ndependencies:\n  - {wanted}\n"
