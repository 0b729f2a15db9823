"""Sharded repodata beside the plain one: a list of hashes, and one small file for each package name (CEP 16)."""

import hashlib
import json
import struct
from pathlib import Path
from typing import Any

from tests.support.conda.packages import Json, compressed

_HASHES = ("sha256", "md5")


def write_shards(channel: Path) -> Path:
    """Write `repodata_shards.msgpack.zst` and its shards for every subdir with plain repodata; return the channel."""
    for page in sorted(channel.glob("*/repodata.json")):
        by_name: dict[str, Json] = {}
        repodata = json.loads(page.read_text(encoding="utf-8"))
        for section in ("packages", "packages.conda"):
            for file, record in repodata[section].items():
                shard = by_name.setdefault(record["name"], {"packages": {}, "packages.conda": {}, "removed": []})
                shard[section][file] = _with_bytes(record)
        written = {name: _write_shard(page.parent, shard) for name, shard in sorted(by_name.items())}
        info = {
            "subdir": page.parent.name,
            "base_url": "./",
            "shards_base_url": "./shards/",
            "created_at": "2024-01-01T00:00:00Z",
        }
        index = msgpack({"version": 1, "info": info, "shards": written})
        (page.parent / "repodata_shards.msgpack.zst").write_bytes(compressed(index))
    return channel


def _with_bytes(record: Json) -> Json:
    return {key: bytes.fromhex(value) if key in _HASHES else value for key, value in record.items()}


def _write_shard(folder: Path, shard: Json) -> bytes:
    content = compressed(msgpack(shard))
    digest = hashlib.sha256(content)
    (folder / "shards").mkdir(exist_ok=True)
    (folder / "shards" / f"{digest.hexdigest()}.msgpack.zst").write_bytes(content)
    return digest.digest()


def msgpack(value: Any) -> bytes:
    """Return a value of strings, bytes, whole numbers, lists and dictionaries as MessagePack, its longest forms only.

    Raises TypeError for any other.
    """
    match value:
        case str():
            content = value.encode()
            return b"\xdb" + struct.pack(">I", len(content)) + content
        case bytes():
            return b"\xc6" + struct.pack(">I", len(value)) + value
        case int() if not isinstance(value, bool):
            return b"\xd3" + struct.pack(">q", value)
        case list():
            return b"\xdd" + struct.pack(">I", len(value)) + b"".join(map(msgpack, value))
        case dict():
            pairs = b"".join(msgpack(key) + msgpack(item) for key, item in value.items())
            return b"\xdf" + struct.pack(">I", len(value)) + pairs
    raise TypeError(f"{type(value).__name__} is not written as MessagePack here")
