"""Say whether all is well: this installation, PATH, shims, caches, other managers in the way, every environment.

Each remark has its remedy; nothing is changed. Exit code 1 where something is broken.
"""

import argparse

from parity.cli.answers import Answer
from parity.cli.context import Context
from parity.core.amounts import counted
from parity.core.errors import ProjectMissing
from parity.workflows import project, wiring_upkeep
from parity.workflows.doctor import doctor


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `parity doctor`: there are none of its own."""
    parser.set_defaults()


def run(_arguments: argparse.Namespace, context: Context) -> Answer:
    """Look at everything."""
    context.reporter.phase("looking at every environment")
    tools = wiring_upkeep.doctor_tools(context.environ)
    try:
        root = project.find_root(tools.roots, context.directory)
    except ProjectMissing:
        root = None  # one may ask anywhere
    result = doctor(tools, root)
    counts = {word: sum(each.severity == word for each in result.findings) for word in ("error", "warning", "info")}
    looked = f"{counted(result.environments, 'environment')} of {counted(result.projects, 'project')}"
    return Answer(
        data={
            "environments": result.environments,
            "projects": result.projects,
            "broken": counts["error"],
            "warnings": counts["warning"],
        },
        findings=result.findings,
        summary=f"{looked}: {counts['error']} broken, {counts['warning']} in the way"
        if counts["error"] or counts["warning"]
        else f"{looked}: all is well",
        ok=not counts["error"],
    )
