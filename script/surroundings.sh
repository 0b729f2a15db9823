# What script/test and script/demo need of the machine: a Python that can begin, and the registry that its pip reaches.
# Read with `.`, in any POSIX shell.

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
