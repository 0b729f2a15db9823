"""Say where the parts of the interpreter that runs this are: one JSON object on standard output.

Run by any Python from 3.8 on; never imported.
"""

import json
import os
import sys
import sysconfig

print(
    json.dumps(
        {
            "version": ".".join(map(str, sys.version_info[:3])),
            "threads": "t" if sysconfig.get_config_var("Py_GIL_DISABLED") else "",
            "prefix": sys.base_prefix,
            # where it was installed, which is elsewhere once it was moved
            "recorded": str(sysconfig.get_config_var("prefix") or ""),
            "program": os.path.realpath(getattr(sys, "_base_executable", sys.executable)),
            "library": os.path.dirname(os.__file__),
            "headers": sysconfig.get_path("include"),
            "libraries": str(sysconfig.get_config_var("LIBDIR") or ""),
        }
    )
)
