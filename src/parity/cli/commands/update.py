"""Take the newest versions that the manifests allow, of everything or of some packages, and sync.

What moved is shown. The manifest stays as it is: `parity add "NAME>=VERSION"` asks for more.
"""

import argparse

from parity.cli.answers import Answer
from parity.cli.commands.sync import answer_of
from parity.cli.context import Context
from parity.cli.options import add_root_options, root_of
from parity.core.editing.requests import name_in
from parity.workflows import project, wiring
from parity.workflows.lock import Wish
from parity.workflows.ready import make_ready

_INSTEAD = "`parity update` takes names; `parity add` with the version changes what is asked for"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `parity update`."""
    parser.add_argument("packages", nargs="*", default=[], metavar="PACKAGE", help="only these may move")
    add_root_options(parser)


def run(arguments: argparse.Namespace, context: Context) -> Answer:
    """Lock anew and sync."""
    roots = wiring.roots(context.environ)
    root = root_of(arguments, context)
    ready = make_ready(
        roots,
        root,
        Wish(upgrade=tuple(name_in(word, instead=_INSTEAD) for word in arguments.packages) or ("*",)),
        lambda: wiring.lock_tools(context.environ, root, offline=context.offline, reporter=context.reporter),
        wiring.sync_builder(context.environ, root, offline=context.offline),
        mode="as-needed",
        reporter=context.reporter,
    )
    changes = ready.locked.changes if ready.locked else ()
    answer = answer_of(ready, project.title_of(roots, root))
    nothing = "" if changes else "nothing moves: these are the newest versions that fit\n"
    return Answer(
        data={"changes": [change.to_dict() for change in changes], **answer.data},
        findings=answer.findings,
        summary=f"{nothing}{answer.summary}",
    )
