"""Keep what has arrived of a file, and tell whether it is whole and what its server published.

`NAME.part` holds the bytes, `NAME.part.json` what the server said of the file: its length, and the
validator (a strong ETag, else Last-Modified) by which it vouches that the rest is of the same file.
"""

from __future__ import annotations

import base64
import hashlib
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path


class Part:
    """What has arrived of a file, with what the server said of it."""

    def __init__(self, path: Path) -> None:
        self.path = path.with_name(f"{path.name}.part")
        self._said = path.with_name(f"{path.name}.part.json")
        self._whole = path
        self.headers: Mapping[str, str] = {}
        self.length: int | None = None

    @property
    def size(self) -> int:
        """How much has arrived [byte]."""
        return self.path.stat().st_size if self.path.is_file() else 0

    def wanted(self) -> dict[str, str]:
        """Return the headers that ask for the rest of the file, or for the whole."""
        plain = {"Accept-Encoding": "identity"}
        said, have = self._known(), self.size
        if not (have and said.get("validator")) or have >= int(said.get("length") or 0):
            return plain
        return plain | {"Range": f"bytes={have}-", "If-Range": said["validator"]}

    def follows(self, headers: Mapping[str, str]) -> bool:
        """Tell whether a partial answer starts where the part ends."""
        said = headers.get("Content-Range", "")
        return self.size > 0 and said.startswith(f"bytes {self.size}-")

    def take(
        self,
        chunks: Iterable[bytes],
        headers: Mapping[str, str],
        *,
        more: bool,
        most: int,
        tell: Callable[[float], None],
    ) -> bool:
        """Write a body behind what is there (`more`) or from the start; false beyond `most` bytes.

        `tell` hears the share that has arrived, where it is known.
        """
        start = self.size if more else 0
        self.headers, self.length = headers, _length(headers, start=start, more=more)
        etag = headers.get("ETag", "")
        validator = "" if etag.startswith("W/") else etag
        validator = validator or headers.get("Last-Modified", "")
        known = {"validator": validator, "length": self.length or 0}
        self._said.write_text(json.dumps(known), encoding="utf-8")
        with self.path.open("ab" if more else "wb") as file:
            for chunk in chunks:
                file.write(chunk)
                if file.tell() > most:
                    return False
                if self.length:
                    tell(min(file.tell() / self.length, 1.0))
        return True

    def is_page(self) -> bool:
        """Tell whether a web page has arrived where data was asked for."""
        with self.path.open("rb") as file:
            start = file.read(512).lstrip(b"\xef\xbb\xbf \t\r\n").lower()
        return start.startswith((b"<!doctype html", b"<html"))

    def checked(self) -> tuple[str, tuple[str, ...]]:
        """Return the SHA-256 of the bytes, and the published checksums that are not theirs."""
        published = published_checksums(self.headers)
        hashes = {name: hashlib.new(name) for name in sorted({"sha256", *published})}
        with self.path.open("rb") as file:
            while chunk := file.read(1 << 20):
                for one in hashes.values():
                    one.update(chunk)
        wrong = [name for name, digest in published.items() if hashes[name].digest() != digest]
        return hashes["sha256"].hexdigest(), tuple(sorted(wrong))

    def forget(self) -> None:
        """Discard what has arrived."""
        self.path.unlink(missing_ok=True)
        self._said.unlink(missing_ok=True)

    def settle(self) -> None:
        """Give the whole file its name."""
        self.path.replace(self._whole)
        self._said.unlink(missing_ok=True)

    def _known(self) -> dict[str, Any]:
        try:
            known = json.loads(self._said.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return known if isinstance(known, dict) else {}


def _length(headers: Mapping[str, str], *, start: int, more: bool) -> int | None:
    """Return how long the whole file is by its headers [byte], None where they do not say."""
    whole = headers.get("Content-Range", "").rpartition("/")[2]
    if more and whole.isdigit():
        return int(whole)
    if headers.get("Content-Encoding", "identity") != "identity":
        return None
    said = headers.get("Content-Length", "")
    return start + int(said) if said.isdigit() else None


def published_checksums(headers: Mapping[str, str]) -> dict[str, bytes]:
    """Return the checksums of the whole file that a server publishes in its headers, by name.

    Read are Content-MD5, Repr-Digest, Digest, x-amz-checksum-sha256 and x-goog-hash. An ETag is no
    checksum: nobody promises that it is one.

    >>> published_checksums({"Repr-Digest": "sha-256=:YQ==:"})
    {'sha256': b'a'}
    """
    low = {name.lower(): value for name, value in headers.items()}
    if low.get("content-encoding", "identity") != "identity":
        return {}
    found: dict[str, bytes] = {}
    if "content-range" not in low:
        found["md5"] = _decoded(low.get("content-md5", ""))
        found["sha256"] = _decoded(low.get("x-amz-checksum-sha256", ""))
    named = {"md5": "md5", "sha-256": "sha256"}
    for header in ("repr-digest", "digest", "x-goog-hash"):
        for item in low.get(header, "").split(","):
            name, _, value = item.strip().partition("=")
            if name.lower() in named:
                found[named[name.lower()]] = _decoded(value.strip(":"))
    return {name: digest for name, digest in found.items() if digest}


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text.strip(), validate=True)
    except ValueError:
        return b""
