"""Put one question to parity's solver and print how long the answer took; run in a process of its own.

python -m benchmarks.ask_solver CHANNEL CACHE TARGET SPEC…
"""

import json
import os
import sys
import time
from pathlib import Path

from parity.core.conda.questions import CondaQuestion
from parity.core.manifests.match_spec import parse_match_spec
from parity.core.places import Place
from parity.engines.conda.gateways import Gateways
from parity.engines.conda.solve import RattlerSolver
from parity.workflows import wiring
from tests.support.conda.questions import book_of

channel, cache, target, *specs = sys.argv[1:]
question = CondaQuestion(
    target=wiring.targets().named(target),
    requirements=tuple(parse_match_spec(spec, Place(file="environment.yml")) for spec in specs),
    channels=book_of("file:///nowhere").channels([channel]),
)
solver = RattlerSolver(gateways=Gateways(cache=Path(cache)))
started = time.perf_counter()
answer = solver.solve(question)
seconds = time.perf_counter() - started
packages = [f"{each.name}={each.version}={each.build}" for each in answer.packages]
sys.stdout.write(json.dumps({"seconds": seconds, "packages": packages}))
sys.stdout.flush()
os._exit(0)  # rattler's threads outlive Python
