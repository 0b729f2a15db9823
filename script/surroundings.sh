# What the scripts beside this one need of the machine: a Python that can begin, the registry that its pip reaches, and
# an environment with parity and its tools. Read with `.`, in any POSIX shell, in the checkout's folder.

env=.test-env

# Print the path of a Python 3.11 or newer with pip, the one called `python3` before others.
find_python() {
    for name in python3 python3.14 python3.13 python3.12 python3.11 python; do
        if "$name" -c 'import sys, venv, pip; sys.exit(sys.version_info < (3, 11))' </dev/null >/dev/null 2>&1; then
            command -v "$name"
            return
        fi
    done
    echo "$0: no Python 3.11 or newer with pip on PATH" >&2
    echo 'hint: install one (on Debian: `apt-get install python3-pip python3-venv`) and try again' >&2
    return 1
}

# Say to uv, whose home will be another, which registry pip is set up for.
share_registry() {
    index=${PIP_INDEX_URL:-$("$python" -m pip config get global.index-url 2>/dev/null || true)}
    if [ -z "${UV_DEFAULT_INDEX:-}${UV_INDEX_URL:-}" ] && [ -n "$index" ]; then
        export UV_DEFAULT_INDEX="$index"
    fi
    if [ -z "${SSL_CERT_FILE:-}" ] && [ -n "${PIP_CERT:-}" ]; then
        export SSL_CERT_FILE="$PIP_CERT"
    fi
    if [ -z "${NETRC:-}" ] && [ -f "${HOME:-}/.netrc" ]; then
        export NETRC="$HOME/.netrc"
    fi
}

# What decides the contents of the test environment. The checkout's place is in its shebangs.
environment_digest() {
    "$python" -c '
import hashlib, pathlib, sys
said = [sys.version, sys.executable, str(pathlib.Path.cwd()), pathlib.Path("pyproject.toml").read_text(encoding="utf-8")]
print(hashlib.sha256("\0".join(said).encode()).hexdigest())'
}

# The digest is written last: an installation that was interrupted begins again.
make_environment() {
    echo "$0: installing parity and what works on it into $env" >&2
    rm -rf "$env"
    "$python" -m venv --without-pip "$env"
    "$python" -c '
import pathlib, tomllib
said = tomllib.loads(pathlib.Path("pyproject.toml").read_text(encoding="utf-8"))
print(*sum(said["dependency-groups"].values(), []), sep="\n")' >"$env/requirements.txt"
    PIP_USER=0 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1 \
        "$python" -m pip --python "$env/bin/python" install --quiet --requirement "$env/requirements.txt" --editable .
    environment_digest >"$env/digest"
}

# Make `.test-env` what pyproject.toml says, unless it is; `python` is then the Python that made it.
prepare_environment() {
    unset PYTHONPATH PYTHONHOME PYTHONSAFEPATH PIP_TARGET PIP_PREFIX PIP_REQUIRE_VIRTUALENV
    python=$(find_python)
    if [ "$(cat "$env/digest" 2>/dev/null || true)" != "$(environment_digest)" ]; then
        make_environment
    fi
}
