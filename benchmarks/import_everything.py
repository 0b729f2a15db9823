"""Import every module that the distributions of this environment bring at the top; run by the environment's Python."""

import importlib
import importlib.metadata
import os
import sys
import warnings

os.environ["MPLBACKEND"] = "Agg"
warnings.simplefilter("ignore")
failed = []
for name in sorted(importlib.metadata.packages_distributions()):
    if name.isidentifier() and not name.startswith("_"):
        try:
            importlib.import_module(name)
        except Exception as error:  # noqa: BLE001 - some packages want a display, a service or another package
            failed.append(f"{name}: {type(error).__name__}")
sys.stderr.write(f"{len(failed)} modules cannot be imported on their own: {', '.join(failed)}\n")
