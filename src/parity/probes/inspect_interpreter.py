"""Say what the interpreter that runs this is: one JSON object on standard output.

Run by any Python from 2.7 on, by parity never imported.
"""

import json
import os
import struct
import sys


def suffix():
    """Return how the file name of an extension module ends: it names the ABI and, on Linux, the C library."""
    try:
        from importlib.machinery import EXTENSION_SUFFIXES  # noqa: PLC0415 (Python 2 has no such module)
    except ImportError:
        return ""
    return EXTENSION_SUFFIXES[0] if EXTENSION_SUFFIXES else ""


def version():
    """Return the version as its own release named it, `3.13.0rc2`."""
    major, minor, micro, level, serial = sys.version_info[:5]
    stage = {"alpha": "a%d", "beta": "b%d", "candidate": "rc%d"}.get(level, "")
    return "%d.%d.%d" % (major, minor, micro) + (stage % serial if stage else "")


def facts():
    """Return everything that is asked about an interpreter."""
    implementation = getattr(sys, "implementation", None)
    return {
        "implementation": implementation.name if implementation else "cpython",
        "cache_tag": (implementation.cache_tag if implementation else None) or "",
        "version": version(),
        "abiflags": getattr(sys, "abiflags", ""),
        "debug": hasattr(sys, "gettotalrefcount"),
        "suffix": suffix(),
        "platform": sys.platform,
        "machine": os.uname()[4] if hasattr(os, "uname") else "",
        "bits": struct.calcsize("P") * 8,
        "executable": sys.executable,
    }


if __name__ == "__main__":
    print(json.dumps(facts()))
