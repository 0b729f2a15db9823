"""What a shell evaluates when pyenv changes its version: `PYENV_VERSION`, with the one before kept for `-`."""

import re

_PLAIN = re.compile(r"[A-Za-z0-9._+:/-]*")


def keep_and_set(shell: str, version: str) -> tuple[str, ...]:
    """Return what chooses a version. Raises ValueError for a text that could be more than one word of a shell."""
    if not _PLAIN.fullmatch(version):
        raise ValueError(version)
    if shell == "fish":
        return ('set -gu PYENV_VERSION_OLD "$PYENV_VERSION"', f'set -gx PYENV_VERSION "{version}"')
    if shell == "pwsh":
        return (f'$Env:PYENV_VERSION, $Env:PYENV_VERSION_OLD = "{version}", $Env:PYENV_VERSION',)
    return ('PYENV_VERSION_OLD="${PYENV_VERSION-}"', f'export PYENV_VERSION="{version}"')


def keep_and_unset(shell: str) -> tuple[str, ...]:
    """Return what chooses none."""
    if shell == "fish":
        return ('set -gu PYENV_VERSION_OLD "$PYENV_VERSION"', "set -e PYENV_VERSION")
    if shell == "pwsh":
        return ("$Env:PYENV_VERSION, $Env:PYENV_VERSION_OLD = $null, $Env:PYENV_VERSION",)
    return ('PYENV_VERSION_OLD="${PYENV_VERSION-}"', "unset PYENV_VERSION")


def swap(shell: str) -> tuple[str, ...]:
    """Return what chooses the version that was chosen before."""
    if shell == "fish":
        return (
            "if set -q PYENV_VERSION_OLD",
            '  set -l before "$PYENV_VERSION_OLD"',
            '  set -gu PYENV_VERSION_OLD "$PYENV_VERSION"',
            '  if test -n "$before"; set -gx PYENV_VERSION "$before"; else; set -e PYENV_VERSION; end',
            "else",
            '  echo "pyenv: PYENV_VERSION_OLD is not set" >&2',
            "  false",
            "end",
        )
    if shell == "pwsh":
        return (
            "if (Get-Item -Path Env:\\PYENV_VERSION*) {",
            "  $Env:PYENV_VERSION, $Env:PYENV_VERSION_OLD = $Env:PYENV_VERSION_OLD, $Env:PYENV_VERSION",
            "} else {",
            '  Write-Error "pyenv: Env:PYENV_VERSION_OLD is not set"',
            "}",
        )
    return (
        'if [ -n "${PYENV_VERSION_OLD+x}" ]; then',
        '  __pyenv_before="$PYENV_VERSION_OLD"',
        '  PYENV_VERSION_OLD="${PYENV_VERSION-}"',
        '  if [ -n "$__pyenv_before" ]; then export PYENV_VERSION="$__pyenv_before"; else unset PYENV_VERSION; fi',
        "  unset __pyenv_before",
        "else",
        '  echo "pyenv: PYENV_VERSION_OLD is not set" >&2',
        "  false",
        "fi",
    )
