"""The start in which nothing has to be done: `run` in a synced project, `sync` to what is already there.

No manifest and no lock is parsed here, and no error is raised: whoever finds anything out of the ordinary returns None,
and the long way looks closer and says what it is.
"""

from __future__ import annotations

TYPE_CHECKING = False  # importing typing would cost more than this module
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from parity.engines.store.roots import Roots

LOCK_NAME = "parity.lock"
PIN_NAME = ".python-version"
CPU_ALLOWED = ["allowed", "cpu"]
MANIFEST_NAMES = ("environment.yml", "environment.yaml", "pyproject.toml", "requirements.in", "requirements.txt")


def project_around(roots: Roots, directory: str) -> str:
    """Return the project that a folder is in, or nothing."""
    return roots.find_project(directory, (LOCK_NAME, *MANIFEST_NAMES))


def settled(
    roots: Roots, directory: str, environ: Mapping[str, str], tell: Callable[[str], object] | None = None
) -> str | None:
    """Return the environment of the project around a folder if everything is as it was at the last sync.

    A generation that `parity rollback` holds counts for those who `tell` the user of it, which they do once.
    """
    project = project_around(roots, directory)
    return settled_at(roots, project, environ, tell) if project else None


def settled_at(
    roots: Roots, project: str, environ: Mapping[str, str], tell: Callable[[str], object] | None = None
) -> str | None:
    """Return the environment of a root if everything is as it was at the last sync, or held and its user told."""
    if not roots.trusted():
        return None
    rows = roots.read_run(project)
    try:
        if not rows or not roots.hold(rows, environ, project):
            return None
        environment = rows[0][1]
        held = rows[1][1] if len(rows) > 1 and rows[1][0] == "held" else ""
    except LookupError:  # a record cut short, as by a power cut
        return None
    if (held and not tell) or not roots.is_complete(environment) or not roots.leads_to(project, environment):
        return None
    if held and tell and roots.take_notice(project):
        again = f"parity sync{meant(roots, project)}"
        tell(f"note: generation {held} is held: `{again}` goes back to what `{LOCK_NAME}` says\n")
    return environment


def adopt(roots: Roots, directory: str, environ: Mapping[str, str]) -> str | None:
    """Link the project around a folder to an environment that another project has made from the same lock.

    Returns the environment, or None where no project of this store has one for exactly these files.
    """
    project = project_around(roots, directory)
    if not project or not roots.trusted():
        return None
    text = roots.read_file(project, LOCK_NAME)
    memo = None if text is None else roots.read_memo(roots.digest(text))
    if text is None or not memo or roots.read_run(project) or roots.is_private(project):
        return None
    key = memo[0][1]
    environment = roots.environment(key)
    with roots.lock(project):
        if not roots.is_complete(environment) or not roots.owns_link(project):
            return None
        if not roots.hold(memo, environ, project) or roots.pinned_above(project, PIN_NAME):
            return None
        roots.switch(project, key, text, "sync")
        conditions = [*memo, ["content", LOCK_NAME, roots.digest(text)]]
        roots.write_run(project, run_rows(roots, project, environment, conditions))
    return environment


def is_cpu_allowed(roots: Roots, project: str) -> bool:
    """Say whether somebody allowed here that a target without an accelerator takes the place of one with."""
    return CPU_ALLOWED in (roots.read_run(project) or [])


def run_rows(roots: Roots, project: str, environment: str, conditions: Sequence[Sequence[str]]) -> list[list[str]]:
    """Return the record of a sync: its environment, then every fact under which it stays what it is.

    `conditions` are facts as in engines/system/facts, one about the lock among them; those about content become facts
    about the files. What was changed while the sync ran keeps its own, which holds no more: the next start looks
    closer.
    """
    rows = [["environment", environment], *roots.pins_above(project, PIN_NAME)]
    for row in conditions:
        if row[0] == "content":
            seen = roots.observe(project, row[1])
            rows.append(seen if roots.observe_content(project, row[1]) == list(row) else list(row))
        elif row[0] in {"file", "absent", "there", "said", "variable", "allowed"}:
            rows.append(list(row))
    return rows


def meant(roots: Roots, project: str) -> str:
    """Return the options that mean a root on a command line."""
    if not roots.named.is_root(project) or roots.named.is_hidden(project):
        return ""
    title = roots.named.title(project)
    return f" -{'p' if '/' in title else 'n'} {title}"


def called(rows: Sequence[Sequence[str]], title: str) -> list[list[str]]:
    """Return what activates an environment under the name or address that the user has for it.

    As conda and venv set it; the integration of each shell does the same.
    """
    found = [list(row) for row in rows]
    names = {row[1] for row in found if row[0] == "set"}
    if "CONDA_DEFAULT_ENV" in names:
        found += [["set", "CONDA_DEFAULT_ENV", title], ["set", "CONDA_PROMPT_MODIFIER", f"({title}) "]]
    if "VIRTUAL_ENV" in names:
        found += [["set", "VIRTUAL_ENV_PROMPT", title]]
    return found


def applied(activation: Sequence[Sequence[str]], environ: Mapping[str, str]) -> dict[str, str]:
    """Return the environment variables of a program that runs in an environment: `set`, `prepend`, `unset` in order."""
    result = dict(environ)
    for action, name, *value in activation:
        if action == "set":
            result[name] = value[0]
        elif action == "prepend":
            result[name] = f"{value[0]}:{result[name]}" if result.get(name) else value[0]
        else:
            result.pop(name, None)
    return result
