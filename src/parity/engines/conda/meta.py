"""What an environment says of itself, in the files where conda, pip and their kin look for it."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from parity.core.conda import prefix_records
from parity.core.conda.prefix_records import Placed, record_path
from parity.core.lockfile.model import LockedConda


def settle(
    prefix: str,
    packages: Sequence[LockedConda],
    *,
    everything: Sequence[LockedConda] = (),
    site: str,
    variables: Mapping[str, str],
    address_of: Callable[[LockedConda], str],
) -> list[Placed]:
    """Complete what rattler wrote about a prefix and return what each package has placed there, in order.

    Where these are some packages of another prefix, `everything` is what all of them are. `address_of` says where a
    package is published. Where there is Python, `site` is where its site-packages are.
    Raises OSError.
    """
    root = Path(prefix)
    found = []
    for package in packages:
        file = root / record_path(package)
        record = json.loads(file.read_text(encoding="utf-8"))
        found.append(prefix_records.placed(package, record, site))
        # on one line: with indents, the standard library writes it ten times more slowly
        file.write_text(json.dumps(prefix_records.portable(package, record, address_of(package))), encoding="utf-8")
    texts = {
        prefix_records.HISTORY: prefix_records.history(everything or packages),
        prefix_records.FROZEN: prefix_records.frozen(),
        prefix_records.STATE: prefix_records.state(variables),
    }
    if site:
        texts[f"{site.rpartition('/')[0]}/EXTERNALLY-MANAGED"] = prefix_records.externally_managed()
    for path, text in texts.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).unlink(missing_ok=True)  # a package's own may be a hard link into the cache
        (root / path).write_text(text, encoding="utf-8")
    return [replace(each, files=tuple(file for file in each.files if file.path not in texts)) for each in found]
