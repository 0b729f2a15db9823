"""Compile the modules of many trees; run by the interpreter that will use the bytecode (3.7 or newer).

Reads one JSON object on standard input, `{"jobs": [[SOURCE, TARGET], …], "workers": N}`: every `.py` below SOURCE gets
its bytecode below TARGET, laid out as in an environment. The bytecode is of the unchecked-hash kind (PEP 552) and knows
its source by a relative path, so it is the same wherever it is made. What does not compile is left out, as an installer
does. Writes a line `{"done": N, "total": N}` now and then, the last one at the end.
"""

import json
import os
import py_compile
import sys
import warnings
from concurrent.futures import ProcessPoolExecutor
from importlib.util import cache_from_source

CHUNK = 25
STEP = 100


def modules(source):
    for folder, folders, files in os.walk(source):
        folders.sort()
        for name in sorted(files):
            if name.endswith(".py"):
                yield os.path.relpath(os.path.join(folder, name), source)


def compile_one(job):
    source, target, relative = job
    warnings.simplefilter("ignore")
    try:
        py_compile.compile(
            os.path.join(source, relative),
            cfile=os.path.join(target, cache_from_source(relative)),
            dfile=relative,
            doraise=True,
            invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
        )
    except (py_compile.PyCompileError, RecursionError):
        return False
    return True


def main():
    request = json.load(sys.stdin)
    jobs = [(source, target, relative) for source, target in request["jobs"] for relative in modules(source)]
    workers = min(request["workers"], len(jobs) // 50 + 1)
    if workers > 1:
        with ProcessPoolExecutor(workers) as pool:
            tell(pool.map(compile_one, jobs, chunksize=CHUNK), len(jobs))
    else:
        tell(map(compile_one, jobs), len(jobs))


def tell(outcomes, total):
    done = 0
    for done, _ in enumerate(outcomes, 1):
        if done % STEP == 0:
            print(json.dumps({"done": done, "total": total}), flush=True)
    print(json.dumps({"done": done, "total": total}), flush=True)


if __name__ == "__main__":
    main()
