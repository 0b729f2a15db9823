"""The options of a requirements file: where to look, what may be taken, and what parity leaves out, said so."""

from urllib.parse import urlsplit

from packaging.utils import canonicalize_name

from parity.core.findings import Finding
from parity.core.manifests.wheel_requirements import is_address, relative_path
from parity.core.places import Place
from parity.core.spec import Index

_IGNORED = {
    "--prefer-binary": "wheels are preferred anyway",
    "--require-hashes": "everything is locked with its hash anyway",
    "--use-feature": "it is about pip itself",
}
_REFUSED = {
    "--trusted-host": ("whom to trust is settled on each machine", "set `SSL_CERT_FILE` on the machine"),
    "--global-option": ("everybody builds alike", "settle it in the package's own files"),
    "--config-settings": ("everybody builds alike", "settle it in the package's own files"),
}


class Options:
    """Gathers options in the order of the lines; what comes later replaces as it does in pip."""

    def __init__(self) -> None:
        self.prereleases = False
        self.findings: list[Finding] = []
        self._default = ""
        self._no_index = False
        self._extra: dict[str, None] = {}
        self._flat: dict[str, None] = {}
        self._binary: dict[str, set[str]] = {"--no-binary": set(), "--only-binary": set()}

    def take(self, name: str, value: str, place: Place, *, folder: str) -> None:
        """Take one option by its long name; `folder` is that of the file, relative to the project."""
        match name:
            case "--pre":
                self.prereleases = True
            case "--no-index":
                self._no_index = True
            case "--index-url":
                self._set_default(value, place)
            case "--extra-index-url":
                self._extra.setdefault(value)
            case "--find-links":
                self._flat.setdefault(value if is_address(value) else relative_path(value, folder))
            case "--no-binary" | "--only-binary":
                self._set_binary(name, value)
            case _:
                self._leave_out(name, place)

    @property
    def indexes(self) -> tuple[Index, ...]:
        """The indexes by the names that the lock uses; one without an address says that there is no default one."""
        flat = [Index(name=f"find-links-{at}", url=url, flat=True) for at, url in enumerate(self._flat, start=1)]
        if self._no_index:
            return (Index(name="default", url="", default=True), *flat)
        default = [Index(name="default", url=self._default, default=True)] if self._default else []
        extra = [Index(name=f"extra-{at}", url=url) for at, url in enumerate(self._extra, start=1)]
        return (*default, *extra, *flat)

    @property
    def no_binary(self) -> tuple[str, ...]:
        """The names that must be built from source, sorted; `:all:` for every one."""
        return tuple(sorted(self._binary["--no-binary"]))

    @property
    def only_binary(self) -> tuple[str, ...]:
        """The names that must not be built from source, sorted; `:all:` for every one."""
        return tuple(sorted(self._binary["--only-binary"]))

    def _set_default(self, url: str, place: Place) -> None:
        if self._default and without_credentials(self._default) != without_credentials(url):
            message = f"`--index-url` replaces `{without_credentials(self._default)}`, which an earlier line gives"
            self._remark("index-replaced", place, message, hint="keep one of the two lines")
        self._default = url

    def _set_binary(self, name: str, value: str) -> None:
        chosen = self._binary[name]
        other = self._binary["--only-binary" if name == "--no-binary" else "--no-binary"]
        for word in (word.strip() for word in value.split(",")):
            if word == ":none:":
                chosen.clear()
            elif word == ":all:":
                other.clear()
                chosen.clear()
                chosen.add(word)
            elif word:
                other.discard(canonicalize_name(word))
                chosen.add(canonicalize_name(word))

    def _leave_out(self, name: str, place: Place) -> None:
        if name in _IGNORED:
            finding = Finding(
                code="option-ignored",
                severity="info",
                subject=str(place),
                message=f"`{name}` changes nothing: {_IGNORED[name]}",
            )
            self.findings.append(finding)
            return
        reason, hint = _REFUSED[name]
        self._remark("option-ignored", place, f"`{name}` is ignored: {reason}", hint=hint)

    def _remark(self, code: str, place: Place, message: str, *, hint: str) -> None:
        self.findings.append(Finding(code=code, severity="warning", subject=str(place), message=message, hint=hint))


def without_credentials(url: str) -> str:
    """Return an address without the user and password in it, fit to be shown or digested."""
    try:
        parts = urlsplit(url)
    except ValueError:
        # not an address that anyone can use; its user reports it
        return url
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl() if "@" in parts.netloc else url
