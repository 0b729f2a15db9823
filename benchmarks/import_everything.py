"""Import modules by name, one after the other; run by the environment's Python. The names are its arguments."""

import importlib
import os
import sys
import warnings

os.environ["MPLBACKEND"] = "Agg"
warnings.simplefilter("ignore")
failed = []
for name in sys.argv[1:]:
    try:
        importlib.import_module(name)
    except Exception as error:  # noqa: BLE001 - some packages want a display, a service or another package
        failed.append(f"{name}: {type(error).__name__}")
sys.stderr.write(f"{len(failed)} modules cannot be imported on their own: {', '.join(failed)}\n")
