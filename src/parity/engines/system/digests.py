"""SHA-256, without the cost of importing hashlib (and OpenSSL with it) where only small texts are digested."""

TYPE_CHECKING = False  # importing typing would cost more than this module
if TYPE_CHECKING:
    from hashlib import sha256
else:
    try:
        from _sha2 import sha256
    except ImportError:
        try:
            from _sha256 import sha256
        except ImportError:
            from hashlib import sha256


def digest(data: bytes) -> str:
    """Return the SHA-256 of some bytes, in hexadecimal."""
    return sha256(data).hexdigest()
