"""Conda packages put into a prefix by rattler, from what the lock says of them and no channel's data."""

import asyncio
import json
import re
import shutil
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import rattler
from rattler.exceptions import InstallerError
from rattler.networking import Client
from rattler.package_cache import PackageCache, ValidationMode
from rattler.package_streaming import download_and_extract, extract

from parity.core.amounts import counted
from parity.core.conda.channels import Source
from parity.core.conda.errors import PackageMismatch, PackageUnplaceable
from parity.core.conda.prefix_records import refuse_outside, unpacked_name
from parity.core.dataclass import dataclass
from parity.core.errors import NetworkFailed, ParityError
from parity.core.lockfile.errors import LockfileError
from parity.core.lockfile.model import LockedConda
from parity.engines.conda import loop
from parity.engines.conda.client import make_client
from parity.engines.system.hashing import hash_files

_SECRET = re.compile(r"(?<=://)[^/@\s]*@|(?<=/t/)[^/\s)]+")
_AT_ONCE = 16  # packages on their way
_ATTEMPTS = 3
_ESCAPING = re.compile(r"failed to unpack `([^`]+)`: trying to unpack outside")
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
        self,
        prefix: str,
        packages: Sequence[LockedConda],
        missing: Sequence[LockedConda],
        *,
        address: str = "",
        fetched: Callable[[LockedConda], None] = lambda _: None,
    ) -> None:
        """Install packages into a prefix in which nothing is, fetching the `missing` ones.

        What is unpacked already is linked as it is: the caller has checked it. `address` is the path that is written
        into files in place of the prefix's own. `fetched` is told of each missing package that has come. Raises
        ChannelInvalid, PackageMismatch, PackageUnplaceable,
        NetworkFailed.
        """
        addresses = {package.name: self.address_of(package) for package in packages}
        self._check(missing, addresses)
        records = [_record(package, addresses[package.name]) for package in packages]
        try:
            loop.run(
                self._install(prefix, records, missing, self._fetching(addresses, fetched), written=address or None)
            )
        except InstallerError as error:
            raise _failure(str(error), packages) from None

    def _fetching(
        self, addresses: Mapping[str, str], fetched: Callable[[LockedConda], None]
    ) -> Callable[[Client, LockedConda], Awaitable[None]]:
        """Return what fetches one package, several at a time."""
        gate = asyncio.Semaphore(_AT_ONCE)

        async def fetch(client: Client, package: LockedConda) -> None:
            await self._fetch(client, package, addresses[package.name], gate)
            fetched(package)

        return fetch

    async def _install(
        self,
        prefix: str,
        records: list[rattler.RepoDataRecord],
        missing: Sequence[LockedConda],
        fetch: Callable[[Client, LockedConda], Awaitable[None]],
        *,
        written: str | None,
    ) -> None:
        client = None
        if missing:  # who fetches nothing needs no credentials, and does not wait until they are looked up
            client = make_client([self.source_of(package.channel) for package in missing])
            await asyncio.gather(*(fetch(client, package) for package in missing))
        await rattler.install(
            records,
            prefix,
            installed_packages=[],
            alternative_target_prefix=written,
            execute_link_scripts=False,
            show_progress=False,
            client=client,
            package_cache=PackageCache.new_layered([Path(self.cache)], False, ValidationMode.skip()),
        )

    async def _fetch(self, client: Client, package: LockedConda, address: str, gate: asyncio.Semaphore) -> None:
        """Unpack a package into the cache, once it is known to be what was locked and to stay in its place.

        rattler, which would fetch it itself, links before anybody can look at where its files want to go.
        """
        beside = Path(self.cache, f".{unpacked_name(package)}")
        async with gate:
            for attempt in range(1, _ATTEMPTS + 1):
                try:
                    found = await _unpacked(client, address, beside)
                    break
                except OSError as error:
                    shutil.rmtree(beside, ignore_errors=True)
                    if attempt == _ATTEMPTS or "HTTP status" in str(error):
                        raise _unfetched(package, str(error)) from None
        self._take_in(package, beside, found)

    def _take_in(self, package: LockedConda, beside: Path, found: str) -> None:
        try:
            if found != package.sha256:
                raise PackageMismatch(package.name, package.file, package.channel, expected=package.sha256, found=found)
            _refuse_misnamed(package, beside)
            refuse_outside(package, _paths(beside))
        except ParityError:
            shutil.rmtree(beside)
            raise
        beside.rename(Path(self.cache, unpacked_name(package)))

    def _check(self, missing: Sequence[LockedConda], addresses: dict[str, str]) -> None:
        """Refuse what is not on this machine when offline, and local files that are not what is locked.

        rattler compares the hash of what comes over the network only.
        """
        files = {
            package: unquote(urlsplit(addresses[package.name]).path)
            for package in missing
            if addresses[package.name].startswith("file:")
        }
        remote = [package for package in missing if package not in files]
        if remote and self.offline:
            others = (
                f" and {counted(len(remote) - 1, 'more package is', 'more packages are')}" if len(remote) > 1 else " is"
            )
            raise NetworkFailed(f"`{remote[0].file}`{others} not in the cache", hint="run it once without `--offline`")
        for package, path in files.items():
            if not Path(path).is_file():
                raise NetworkFailed(
                    f"`{package.file}` is not in the channel `{package.channel}`: there is no file `{path}`",
                    hint="run `parity lock --upgrade` if the channel has moved on",
                )
        for package, found in zip(files, hash_files(list(files.values())), strict=True):
            if found != package.sha256:
                raise PackageMismatch(package.name, package.file, package.channel, expected=package.sha256, found=found)


async def _unpacked(client: Client, address: str, folder: Path) -> str:
    """Unpack a package from wherever it is into a folder and return its SHA-256. Raises OSError."""
    if address.startswith("file:"):
        path = Path(unquote(urlsplit(address).path))
        digest, _ = await asyncio.to_thread(extract, path, folder)
    else:
        digest, _ = await download_and_extract(client, address, folder)
    return digest.hex()


def _refuse_misnamed(package: LockedConda, folder: Path) -> None:
    """Refuse a lock that calls a package what it is not: rattler ends in a fault of its own over that."""
    said = json.loads((folder / "info" / "index.json").read_text(encoding="utf-8"))
    found = [str(said.get(key)) for key in ("name", "version", "build")]
    if found != [package.name, package.version, package.build]:
        called = f"{package.name} {package.version} {package.build}"
        raise LockfileError(
            f"the lock calls `{package.file}` {called}, and it is {' '.join(found)}",
            hint="take the last version of the lock that was committed, or delete it and run `parity lock`",
        )


def _paths(folder: Path) -> Sequence[Mapping[str, Any]]:
    """Return what an unpacked package says of its files; the oldest packages have a list of names alone."""
    described = folder / "info" / "paths.json"
    if described.is_file():
        paths: Sequence[Mapping[str, Any]] = json.loads(described.read_text(encoding="utf-8"))["paths"]
        return paths
    listed = folder / "info" / "files"
    return [{"_path": line} for line in listed.read_text(encoding="utf-8").splitlines()] if listed.is_file() else []


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


def _unfetched(package: LockedConda, said: str) -> ParityError:
    """Return the error for a package that does not come, or not in one piece, credentials taken out."""
    reason = _SECRET.sub("", said.splitlines()[0] if said else "")
    if escaping := _ESCAPING.search(reason):
        return PackageUnplaceable(f"`{package.file}` places a file outside of the environment: `{escaping[1]}`")
    answered = "HTTP status" in reason or "error sending" in reason
    hint = "check the address, the network and proxies"
    if "(401" in reason or "(403" in reason:
        hint = "the channel wants credentials"
    elif "(404" in reason or "(410" in reason:
        hint = f"the channel has it no more: `parity lock --upgrade {package.name}` takes what is there now"
    return NetworkFailed(
        f"`{package.file}` cannot be fetched: {reason if answered else f'what came was cut off: {reason}'}", hint=hint
    )


def _failure(text: str, packages: Sequence[LockedConda]) -> ParityError:
    """Turn rattler's failure into an error of ours."""
    head, *causes = [_SECRET.sub("", line).removeprefix("Caused by: ") for line in text.split("\n")]
    package = next((each for each in packages if each.file in head), None)
    if _SHORT in text:
        return PackageUnplaceable(
            f"`{unpacked_name(package) if package else head}` cannot be placed in a folder with so long a path",
            hint="choose a shorter one for parity's store with `PARITY_HOME`",
        )
    return PackageUnplaceable(": ".join([head, *causes]))
