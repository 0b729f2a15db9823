"""Ask this machine's GPUs twice, parity's probe and PyTorch, and say whether both answer the same.

    python benchmarks/gpu_facts.py [PYTHON]

PYTHON is an interpreter with a torch for CUDA, this one without a word: `parity sync` with a target such as
`linux-64+cu126` makes one. Prints both answers side by side. Exits with 1 where they differ, and with 2 where there is
nothing to compare.
"""

import json
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

_ASK_TORCH = """
import json, torch
found = [torch.cuda.get_device_properties(each) for each in range(torch.cuda.device_count())]
driver = torch._C._cuda_getDriverVersion() if torch.version.cuda else 0
print(json.dumps({
    "compiled": torch.version.cuda,
    "cuda": f"{driver // 1000}.{driver % 1000 // 10}" if driver else None,
    "gpus": [{"name": each.name, "capability": f"{each.major}.{each.minor}", "memory": each.total_memory}
             for each in found],
}))
"""
_FACTS = ("name", "capability", "memory")


def main() -> int:
    """Compare, and return an exit code."""
    probed = _answer([sys.executable, "-m", "parity", "--json", "probe"])["data"]["nvidia"]
    if not probed or not probed["gpus"]:
        print("parity's probe finds no GPU of NVIDIA's that its driver serves: there is nothing to compare")
        return 2
    told = _answer([sys.argv[1] if len(sys.argv) > 1 else sys.executable, "-c", _ASK_TORCH])
    if not told["compiled"]:
        print("this torch was compiled without CUDA: there is nothing to compare")
        return 2
    print(f"driver {probed['driver']}, torch compiled for CUDA {told['compiled']}")
    return 1 if differences(probed, told) else 0


def differences(probed: Mapping[str, Any], told: Mapping[str, Any]) -> int:
    """Print each fact as both have it, and return how many differ; GPUs in either order, as CUDA may sort them."""
    rows = [("CUDA of the driver", probed["cuda"], told["cuda"])]
    rows += [("GPUs", len(probed["gpus"]), len(told["gpus"]))]
    both = zip(_sorted(probed), _sorted(told), strict=False)
    rows += [(fact, ours[fact], theirs[fact]) for ours, theirs in both for fact in _FACTS]
    for fact, ours, theirs in rows:
        print(f"{'  ' if ours == theirs else '! '}{fact:<20} probe {ours!s:<32} torch {theirs}")
    return sum(ours != theirs for _, ours, theirs in rows)


def _sorted(answer: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return sorted(answer["gpus"], key=lambda gpu: [str(gpu[fact]) for fact in _FACTS])


def _answer(command: list[str]) -> dict[str, Any]:
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


if __name__ == "__main__":
    sys.exit(main())
