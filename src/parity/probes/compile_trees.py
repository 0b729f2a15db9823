"""Compile the modules of many trees; run by the interpreter that will use the bytecode (3.7 or newer).

Reads one JSON object on standard input, `{"jobs": [[SOURCE, TARGET], …], "workers": N}`: every `.py` below SOURCE gets
its bytecode below TARGET, laid out as in an environment. The bytecode is of the unchecked-hash kind (PEP 552) and knows
its source by a relative path, so it is the same wherever it is made. What does not compile is left out, as an installer
does. Writes a line `{"done": N, "total": N}` now and then, the last one at the end.
"""

import errno
import json
import marshal
import os
import sys
import warnings
from concurrent.futures import ProcessPoolExecutor
from importlib.machinery import SourceFileLoader
from importlib.util import MAGIC_NUMBER, cache_from_source, source_hash
from multiprocessing import active_children
from types import CodeType

UNCHECKED_HASH = b"\1\0\0\0"  # PEP 552
PARTS = (
    *("co_consts", "co_names", "co_varnames", "co_freevars", "co_cellvars"),
    *("co_filename", "co_name", "co_qualname", "co_lnotab", "co_linetable", "co_exceptiontable"),
)
LETTERS = [sys.intern(chr(number)) for number in range(256)]  # kept, or they would not stay interned
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
    path = os.path.join(source, relative)
    cached = os.path.join(target, cache_from_source(relative))
    with open(path, "rb") as file:
        data = file.read()
    try:
        code = SourceFileLoader("module", path).source_to_code(data, relative)
    except Exception:  # noqa: BLE001 - whatever a compiler may say about a file, it has no bytecode then
        return False
    os.makedirs(os.path.dirname(cached), exist_ok=True)
    try:
        with open(cached, "wb") as file:
            file.write(MAGIC_NUMBER + UNCHECKED_HASH + source_hash(data) + written(code))
    except OSError as error:
        if error.errno != errno.ENAMETOOLONG:  # Python itself does without, too
            raise
        return False
    return True


def written(code):
    """Return a code object as it is always written.

    marshal marks what has more than one reference, and text that is interned. Whether a name has another (shows before
    3.11), and whether a single letter is interned (there is one of each in a process), depends on what else the process
    has compiled or imported. So everything in it gets another one, and all letters are interned (LETTERS).
    """
    held = [code]
    for each in held:
        if isinstance(each, CodeType):
            held.extend(getattr(each, name, None) for name in PARTS)
        elif isinstance(each, (tuple, frozenset)):
            held.extend(each)
    return marshal.dumps(code)


def main():
    request = json.load(sys.stdin)
    jobs = [(source, target, relative) for source, target in request["jobs"] for relative in modules(source)]
    workers = min(request["workers"], len(jobs) // 50 + 1)
    if workers > 1:
        with ProcessPoolExecutor(workers) as pool:
            try:
                tell(pool.map(compile_one, jobs, chunksize=CHUNK), len(jobs))
            except BrokenPipeError:  # parity is no more, and nobody will use what comes
                for worker in active_children():
                    worker.terminate()
                os._exit(1)
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
