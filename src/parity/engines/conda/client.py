"""What speaks HTTP for rattler: mirrors, credentials in addresses, and those that rattler and conda users keep."""

from base64 import b64encode
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

from rattler.exceptions import AuthenticationStorageError
from rattler.networking import (
    AddHeadersMiddleware,
    AuthenticationMiddleware,
    Client,
    GCSMiddleware,
    MirrorMiddleware,
    OciMiddleware,
    RetryMiddleware,
    S3Middleware,
)

from parity.core.conda.channels import Source, without_secrets
from parity.core.conda.errors import CredentialsUnreadable

_RETRIES = 3


def make_client(sources: Iterable[Source], *, retries: int = _RETRIES) -> Client:
    """Return a client that fetches these sources from where they really are.

    Addresses that carry credentials or lead to a mirror are put in the place of the known one on the way out, so that
    neither rattler's caches nor a prefix ever have them. Else credentials are taken from where rattler looks for them:
    `RATTLER_AUTH_FILE`, its own file, the keyring, `~/.netrc`. A token comes last: rattler puts its own before the
    path whatever stands there, and a path with two opens nothing; where it has put one, ours fits no longer.

    Raises CredentialsUnreadable.
    """
    mirrors: dict[str, list[str]] = {}
    tokens: dict[str, list[str]] = {}
    secrets: dict[tuple[str, str], str] = {}
    for source in sources:
        places = [place for place in source.fetched_from if not place.startswith("file:")]
        for place in places:
            secrets.update(_secret(place))
        plain = [_without_user(place) for place in places]
        bare = [without_secrets(place) for place in plain]
        tokens.update({known: [place] for known, place in zip(bare, plain, strict=True) if known != place})
        if bare and bare != [source.address]:
            mirrors[source.address] = bare
    return _joined(
        *([RetryMiddleware(retries)] if retries else []),
        *([MirrorMiddleware(mirrors)] if mirrors else []),
        *([AddHeadersMiddleware(_Headers(secrets))] if secrets else []),
        AuthenticationMiddleware(),
        *([MirrorMiddleware(tokens)] if tokens else []),
        OciMiddleware(),
        GCSMiddleware(),
        S3Middleware(),
    )  # fmt: skip


def _joined(*layers: Any) -> Client:
    try:
        return Client(list(layers))  # this is when rattler opens its file
    except AuthenticationStorageError as error:
        raise CredentialsUnreadable(
            f"the credentials that rattler keeps cannot be read: {error}",
            hint="make the file readable, or name another with `RATTLER_AUTH_FILE`",
        ) from error


class _Headers:
    """Says which headers a request gets: a name and a password are for the folder that they were written for."""

    def __init__(self, secrets: Mapping[tuple[str, str], str]) -> None:
        self._secrets = secrets

    def __call__(self, host: str, path: str) -> dict[str, str] | None:
        fitting = [folder for known, folder in self._secrets if known == host and f"{path}/".startswith(f"{folder}/")]
        return {"Authorization": self._secrets[host, max(fitting, key=len)]} if fitting else None


def _secret(address: str) -> dict[tuple[str, str], str]:
    parts = urlsplit(address)
    user, at, _ = parts.netloc.rpartition("@")
    if not at:
        return {}
    plain = ":".join(unquote(part) for part in user.partition(":")[::2])
    value = f"Basic {b64encode(plain.encode()).decode()}"
    return {(parts.hostname or "", urlsplit(without_secrets(address)).path): value}


def _without_user(address: str) -> str:
    parts = urlsplit(address)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
