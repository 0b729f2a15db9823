"""Every environment variable that parity reads, and what it means. The reference page is made from this table."""

VARIABLES = {
    "PARITY_HOME": "the folder of the store; the caches follow it",
    "PARITY_CACHE_DIR": "the folder of the caches",
    "PARITY_PYTHON_MIRROR": "where prebuilt interpreters are downloaded from, instead of uv's own address",
    "PARITY_PYTHON_DOWNLOADS": "a download list of your own for prebuilt interpreters (JSON, a path or URL)",
    "PYENV_VERSION": "the Python version, before any `.python-version`, as pyenv means it",
    "PYENV_ROOT": "where pyenv keeps its versions",
    "UV_PYTHON_INSTALL_DIR": "where uv keeps its interpreters",
    "CONDA_PREFIX": "the active conda environment, whose base counts as a place with interpreters",
    "CONDA_EXE": "conda's program, whose base counts as a place with interpreters",
    "XDG_DATA_HOME": "the user data folder on Linux",
    "XDG_CACHE_HOME": "the cache folder on Linux",
    "HOME": "the user's folder",
    "PATH": "where programs and interpreters are looked for",
    "CI": "set: no progress is drawn",
    "NO_COLOR": "set and not empty: no colour",
    "TERM": "`dumb`: neither colour nor progress",
}
