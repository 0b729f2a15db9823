"""What rattler alone makes of a channel: solve, and install where a prefix is given. A measure for parity's own way.

    rattler_alone(["http://127.0.0.1:…/conda-forge"], ["greetapp"], folder, prefix=folder / "env")

In a process of its own: one that ends right after its last solve may crash (a thread of rattler's outlives Python).
"""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

#: A machine that all packages of the tests' channels but the CUDA ones can be used on.
PLAIN = {"__unix": "0", "__linux": "6.1", "__glibc": "2.36", "__archspec": "1=x86_64"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """What came out: the packages as `name=version=build`, sorted, or the error's text; seconds of each step."""

    packages: tuple[str, ...] = ()
    channels: Mapping[str, str]
    error: str = ""
    solve_seconds: float = 0.0
    install_seconds: float = 0.0


def rattler_alone(
    channels: Sequence[str],
    specs: Sequence[str],
    folder: Path,
    *,
    prefix: Path | None = None,
    machine: Mapping[str, str] = PLAIN,
    environ: Mapping[str, str] | None = None,
    link_scripts: bool = False,
    repodata: Sequence[str] = ("plain", "zstd", "sharded"),
) -> Reference:
    """Solve for this machine with the given virtual packages, strictly by the channels' order, and install.

    `folder`: where caches are kept. `machine`: name → version, or `version=build`. `environ`: more variables.
    `repodata`: the forms that rattler may ask for. A failure of rattler's is the result's `error`.
    """
    asked = {
        "channels": list(channels),
        "specs": list(specs),
        "cache": str(folder / "rattler-cache"),
        "prefix": "" if prefix is None else str(prefix),
        "machine": dict(machine),
        "link_scripts": link_scripts,
        "repodata": list(repodata),
    }
    done = subprocess.run(
        [sys.executable, "-W", "ignore", __file__],
        input=json.dumps(asked),
        env={**os.environ, **(environ or {})},
        stdout=subprocess.PIPE,
        check=True,
        encoding="utf-8",
    )
    said = json.loads(done.stdout)
    return Reference(**{**said, "packages": tuple(said["packages"])})


async def _work(asked: dict[str, Any]) -> dict[str, Any]:
    import rattler  # noqa: PLC0415 - only this process pays for it
    from rattler.exceptions import GatewayError, InstallerError, SolverError  # noqa: PLC0415 - same

    forms = asked["repodata"]
    config = rattler.SourceConfig(sharded_enabled="sharded" in forms, zstd_enabled="zstd" in forms)
    machine = [_virtual(name, *said.split("=")) for name, said in asked["machine"].items()]
    said: dict[str, Any] = {"packages": [], "channels": {}}
    start = time.perf_counter()
    gateway = rattler.Gateway(cache_dir=asked["cache"] + "/repodata", default_config=config)
    try:
        records = await rattler.solve(
            [rattler.Channel(channel) for channel in asked["channels"]],
            asked["specs"],
            gateway=gateway,
            virtual_packages=machine,
        )
        said["solve_seconds"] = time.perf_counter() - start
        said["packages"] = sorted(f"{each.name.normalized}={each.version}={each.build}" for each in records)
        said["channels"] = {each.name.normalized: str(each.channel) for each in records}
        if asked["prefix"]:
            start = time.perf_counter()
            await rattler.install(
                records,
                asked["prefix"],
                cache_dir=asked["cache"] + "/packages",
                show_progress=False,
                execute_link_scripts=asked["link_scripts"],
            )
            said["install_seconds"] = time.perf_counter() - start
    except (GatewayError, InstallerError, SolverError) as error:
        said["error"] = str(error)
    return said


def _virtual(name: str, version: str, build: str = "0") -> Any:
    import rattler  # noqa: PLC0415 - only this process pays for it

    return rattler.GenericVirtualPackage(
        rattler.PackageName(name), rattler.Version(version), rattler.BuildString(build)
    )


if __name__ == "__main__":
    result = asyncio.run(_work(json.load(sys.stdin)))
    sys.stdout.write(json.dumps(result))
    sys.stdout.flush()
    os._exit(0)
