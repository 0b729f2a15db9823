"""Say what of an interpreter does not work: one JSON object on standard output.

Run by an interpreter that was just built, from 3.8 on; never imported. Its argument is a JSON list of the extension
modules that it should have.
"""

import importlib
import json
import os
import sys
import sysconfig

#: What every interpreter has, whatever libraries the machine has
ALWAYS = ("_datetime", "_json", "_pickle", "_random", "_socket", "_struct", "array", "math", "select", "unicodedata")


def failures(names):
    """Return why each module that cannot be imported cannot be."""
    found = {}
    for name in names:
        try:
            importlib.import_module(name)
        except Exception as error:  # noqa: BLE001 (whatever a module does wrong at its start is the answer)
            found[name] = "%s: %s" % (type(error).__name__, error)
    return found


def misplaced():
    """Return what `sysconfig` says of this interpreter's folders that is not so."""
    prefix = sys.prefix
    claims = {
        "prefix": sysconfig.get_config_var("prefix"),
        "exec_prefix": sysconfig.get_config_var("exec_prefix"),
        "BINDIR": os.path.dirname(sysconfig.get_config_var("BINDIR")),
    }
    wrong = ["%s is %s" % (name, said) for name, said in claims.items() if said != prefix]
    needed = [os.path.join(sysconfig.get_path("include"), "Python.h"), sysconfig.get_path("stdlib")]
    needed += [sysconfig.get_path("purelib"), sysconfig.get_config_h_filename(), sysconfig.get_makefile_filename()]
    return wrong + ["%s is not there" % path for path in needed if not os.path.exists(path)]


print(json.dumps({"failed": failures([*json.loads(sys.argv[1]), *ALWAYS]), "misplaced": misplaced()}))
