"""Conda packages put into a prefix by rattler, from what the lock says of them and no channel's data."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

import rattler
from rattler.exceptions import InstallerError
from rattler.package_cache import PackageCache, ValidationMode

from parity.core.conda.channels import Source
from parity.core.conda.prefix_records import unpacked_name
from parity.core.errors import NetworkFailed, PackageMismatch, PackageUnplaceable, ParityError
from parity.core.lockfile.model import LockedConda
from parity.engines.conda import loop
from parity.engines.conda.client import make_client
from parity.engines.system.hashing import hash_files

_MISMATCH = re.compile(r"hash mismatch .*expected ([0-9a-f]{64}), got ([0-9a-f]{64})", re.DOTALL)
_SECRET = re.compile(r"(?<=://)[^/@\s]*@|(?<=/t/)[^/\s)]+")
_SHORT = "target prefix cannot be longer than the placeholder"


@dataclass(frozen=True, slots=True, kw_only=True)
class RattlerInstaller:
    """An installer. `cache` is the folder of unpacked packages, `source_of` says where a channel of a lock is."""

    cache: str
    source_of: Callable[[str], Source]
    offline: bool = False

    def address_of(self, package: LockedConda) -> str:
        """Return where a package is known to be, without credentials. Raises ChannelInvalid."""
        return f"{self.source_of(package.channel).address}/{package.subdir}/{package.file}"

    def install(
        self, prefix: str, packages: Sequence[LockedConda], missing: Sequence[LockedConda], *, address: str = ""
    ) -> None:
        """Install packages into a prefix in which nothing is, fetching the `missing` ones.

        What is unpacked already is linked as it is: the caller has checked it. `address` is the path that is written
        into files in place of the prefix's own. Raises ChannelInvalid, PackageMismatch, PackageUnplaceable,
        NetworkFailed.
        """
        addresses = {package.name: self.address_of(package) for package in packages}
        self._check(missing, addresses)
        records = [_record(package, addresses[package.name]) for package in packages]
        try:
            sources = [self.source_of(package.channel) for package in missing]
            loop.run(self._install(prefix, records, sources, address or None))
        except InstallerError as error:
            raise _failure(str(error), packages) from None

    async def _install(
        self, prefix: str, records: list[rattler.RepoDataRecord], sources: Sequence[Source], address: str | None
    ) -> None:
        await rattler.install(
            records,
            prefix,
            installed_packages=[],
            alternative_target_prefix=address,
            execute_link_scripts=False,
            show_progress=False,
            client=make_client(sources),
            package_cache=PackageCache.new_layered([Path(self.cache)], False, ValidationMode.skip()),
        )

    def _check(self, missing: Sequence[LockedConda], addresses: dict[str, str]) -> None:
        """Refuse what is not on this machine when offline, and local files that are not what is locked.

        rattler compares the hash of what comes over the network only.
        """
        files = {
            package: url2pathname(urlsplit(addresses[package.name]).path)
            for package in missing
            if addresses[package.name].startswith("file:")
        }
        remote = [package for package in missing if package not in files]
        if remote and self.offline:
            others = f" and {len(remote) - 1} more packages are" if len(remote) > 1 else " is"
            raise NetworkFailed(f"`{remote[0].file}`{others} not in the cache", hint="run it once without `--offline`")
        for package, path in files.items():
            if not Path(path).is_file():
                raise NetworkFailed(
                    f"`{package.file}` is not in the channel `{package.channel}`: there is no file `{path}`",
                    hint="run `parity lock --upgrade` if the channel has moved on",
                )
        for package, found in zip(files, hash_files(list(files.values())), strict=True):
            if found != package.sha256:
                raise PackageMismatch(package.file, package.channel, expected=package.sha256, found=found)


def _record(package: LockedConda, address: str) -> rattler.RepoDataRecord:
    record = rattler.PackageRecord(
        package.name,
        package.version,
        rattler.BuildString(package.build),
        package.build_number,
        package.subdir,
        noarch=package.noarch or None,
        depends=list(package.depends),
        constrains=list(package.constrains),
        sha256=bytes.fromhex(package.sha256),
        size=package.size or None,
        python_site_packages_path=package.python_site_packages_path or None,
    )
    return rattler.RepoDataRecord(record, package.file, address, address.rsplit("/", 2)[0])


def _failure(text: str, packages: Sequence[LockedConda]) -> ParityError:
    """Turn rattler's failure into an error of ours, credentials taken out."""
    head, *causes = [_SECRET.sub("", line).removeprefix("Caused by: ") for line in text.split("\n")]
    file = head.rpartition(" ")[2]
    package = next((each for each in packages if each.file == file or each.file in head), None)
    reason = causes[-1] if causes else head
    if mismatch := _MISMATCH.search(text):
        named, channel = (package.file, package.channel) if package else (file, "")
        return PackageMismatch(named, channel, expected=mismatch[1], found=mismatch[2])
    if _SHORT in text:
        return PackageUnplaceable(
            f"`{unpacked_name(package) if package else file}` cannot be placed in a folder with so long a path",
            hint="choose a shorter one for parity's store with `PARITY_HOME`",
        )
    if head.startswith("failed to fetch"):
        cut = "what came was cut off"
        said = next((cause for cause in causes if "HTTP status" in cause or "error sending" in cause), cut)
        detail = said if said in {cut, reason} else f"{said}: {reason}"
        refused = "401" in said or "403" in said
        return NetworkFailed(
            f"`{file}` cannot be fetched: {detail}",
            hint="the channel wants credentials" if refused else "check the address, the network and proxies",
        )
    return PackageUnplaceable(": ".join([head, *causes]))
