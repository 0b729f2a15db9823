"""A build with PGO and LTO, as nobody waits for who only wants to know whether the rest is right."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.support.projects import World
from tests.support.sources import VERSION, upstream_archive


@pytest.mark.slow
def test_an_optimised_build_is_profiled_and_works(world: World) -> None:
    """`configure` is told, a profile is made and used, no test module stays, and the interpreter runs."""
    archive, _ = upstream_archive(Path(__file__).resolve().parents[3] / ".cache")
    outcome = world.parity("python", "install", VERSION, "--build", "--optimize", "--archive", str(archive), "--json")
    assert 0 == outcome.exit_code, outcome
    (made,) = json.loads(outcome.raw_stdout)["data"]["interpreters"]
    log = Path(made["log"]).read_text(errors="replace")
    code = "import sysconfig; print(sysconfig.get_config_var('CONFIG_ARGS'))"
    said = subprocess.run([made["path"], "-I", "-c", code], check=True, capture_output=True, text=True).stdout

    assert "--enable-optimizations" in said
    assert "-fprofile-use" in log or "-fprofile-instr-use" in log
    assert {"--enable-optimizations", "--with-lto"} < set(made["recipe"]["configure"])
    assert [] == [*Path(made["path"]).parents[1].rglob("_testcapi*.so")]
