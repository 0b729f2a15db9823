"""Run inside a root by its own Python: install each wheel with pip, import it, and say what became of it.

Reads `/truth/cases.json`, prints JSON: name → empty where it runs, else what went wrong. Each case has a process of its
own, since what is compiled for a newer processor ends the one that calls it. Standard library and pip's own wheel only.
"""

import importlib
import json
import os
import sys
import traceback

sys.path.insert(0, "/truth/pip.whl")

from pip._internal.cli.main import main

_FAILED = 9


def attempt(case: "dict[str, str]", platform: str) -> None:
    """Install and import one wheel; where `platform` is said, only ask pip whether it would install it there."""
    site, requirement = "/truth/sites/" + case["name"], "/truth/" + case["name"] + ".txt"
    with open(requirement, "w", encoding="utf-8") as file:  # noqa: PTH123 - starts faster where it is emulated
        file.write("%s --hash=sha256:%s\n" % (case["requirement"], case["sha256"]))  # noqa: UP031 - of pip's own syntax
    command = ["install", "--no-index", "--no-deps", "--no-compile", "--require-hashes", "--find-links"]
    command += ["/truth/wheels/" + case["name"], "--target", site, "--disable-pip-version-check", "--no-cache-dir"]
    if platform:
        command += ["--platform", platform, "--only-binary=:all:", "--dry-run"]
    if main([*command, "-r", requirement]):
        os._exit(_FAILED)
    if not platform:
        sys.path.insert(0, site)
        importlib.import_module(case["module"])


def outcome(case: "dict[str, str]", platform: str) -> str:
    """Return what became of one case, from a process of its own."""
    log = "/truth/" + case["name"] + ".log"
    child = os.fork()
    if not child:
        to = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(to, 1)
        os.dup2(to, 2)
        try:
            attempt(case, platform)
        except BaseException:  # noqa: BLE001 - whatever it is, the case has failed
            traceback.print_exc()
            sys.stderr.flush()
            os._exit(1)
        os._exit(0)
    status = os.waitpid(child, 0)[1]
    if not status:
        return ""
    with open(log, encoding="utf-8", errors="replace") as file:  # noqa: PTH123 - see above
        lines = [line.strip() for line in file if line.strip()]
    return "signal %d" % os.WTERMSIG(status) if os.WIFSIGNALED(status) else (lines or ["failed"])[-1]  # noqa: UP031 - see above


if __name__ == "__main__":
    with open("/truth/cases.json", encoding="utf-8") as cases:  # noqa: PTH123 - see above
        asked = json.load(cases)
    json.dump({case["name"]: outcome(case, asked["platform"]) for case in asked["cases"]}, sys.stdout)
