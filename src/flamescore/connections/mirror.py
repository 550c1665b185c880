"""Objects of a store, mirrored into a folder: each is fetched once, and again only when it has changed.

The folder has a subfolder for each object, named by a hash of its address:

    cache/9f86d081884c7d659a2feaa0c55ad015/contacts-2026-11-21.csv     the object
    cache/9f86d081884c7d659a2feaa0c55ad015/.object.json                its address and its tag
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
import shutil
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from flamescore.connections.objects import Address, Bucket, MissingObjectError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from flamescore.connections.objects import Object

_ABOUT: Final = ".object.json"
_MAGIC: Final = re.compile(r"[*?]")


class Pattern(Struct, frozen=True):
    """The objects that an address matches: one, a pattern's (`*`, `?`, `**`), or all below a folder."""

    address: Address

    @property
    def one(self) -> bool:
        """Return whether it is the address of a single object."""
        return not self.is_folder and _MAGIC.search(self.address.key) is None

    @property
    def is_folder(self) -> bool:
        """Return whether it matches everything below a folder."""
        return not self.address.key or self.address.key.endswith("/")

    @property
    def folder(self) -> str:
        """Return the deepest folder that contains all matches."""
        if self.is_folder:
            return self.address.key
        parts = self.address.key.split("/")[:-1]
        plain = next((at for at, part in enumerate(parts) if _MAGIC.search(part)), len(parts))
        return "".join(f"{part}/" for part in parts[:plain])

    def fits(self, key: str) -> bool:
        """Return whether a key matches. `*` and `?` stop at a slash; wildcards don't match hidden names."""
        if self.is_folder:
            return key.startswith(self.address.key)
        return self._expression.fullmatch(key) is not None

    @property
    def _expression(self) -> re.Pattern[str]:
        *folders, last = self.address.key.split("/")
        parts = [r"(?:(?!\.)[^/]+/)*" if part == "**" else f"{_of(part)}/" for part in folders]
        parts.append(r"(?:(?!\.)[^/]+/)*(?!\.)[^/]+" if last == "**" else _of(last))
        return re.compile("".join(parts), re.DOTALL)


def _of(part: str) -> str:
    """Return the regular expression for a name with wildcards."""
    pieces = re.split(r"([*?])", part)
    inside = "".join({"*": "[^/]*", "?": "[^/]"}.get(each, re.escape(each)) for each in pieces)
    return inside if part[:1] not in ("*", "?") else rf"(?!\.){inside}"


def found_objects(bucket: Bucket, pattern: Pattern) -> list[Object]:
    """Return the matching objects, sorted by key."""
    if pattern.one:
        found = bucket.find(pattern.address.key)
        return [] if found is None else [found]
    inside = (each for each in bucket.below(pattern.folder) if each.size or not each.key.endswith("/"))
    return sorted((each for each in inside if pattern.fits(each.key)), key=lambda each: each.key)


class Mirror(Struct, frozen=True):
    """The folder of the mirrored objects."""

    folder: Path

    def fetched(self, bucket: Bucket, wanted: Object) -> Path:
        """Return the file of an object; fetch it if it is missing or has changed.

        The file's modification time is that of the object.

        Raises:
            StoreError: the object can't be fetched.
            OSError: the folder can't be written.
        """
        url = Address(bucket.name, "").url(wanted.key)
        place = self.folder / hashlib.sha256(url.encode()).hexdigest()[:32]
        file = place / PurePosixPath(wanted.key).name
        about = {"url": url, "tag": wanted.tag, "bytes": wanted.size}
        if _about(place) == about and file.is_file() and file.stat().st_size == wanted.size:
            return file
        place.mkdir(parents=True, exist_ok=True, mode=0o700)
        coming = place / f".{secrets.token_hex(8)}"
        try:
            came = bucket.fetch(wanted.key, coming)
            coming.chmod(0o600)
            os.utime(coming, (came.modified.timestamp(), came.modified.timestamp()))
            (place / _ABOUT).unlink(missing_ok=True)
            coming.replace(file)
            _write(place, {"url": url, "tag": came.tag, "bytes": came.size})
        except MissingObjectError:
            shutil.rmtree(place, ignore_errors=True)
            raise
        finally:
            coming.unlink(missing_ok=True)
        return file

    def forget(self, pattern: Pattern, there: Iterable[Object]) -> None:
        """Delete mirrored objects that match a pattern and are not in `there`, the existing objects."""
        known = {pattern.address.url(each.key) for each in there}
        for place, url in self._places():
            address = Address.of(url)
            mine = address.bucket == pattern.address.bucket and pattern.fits(address.key)
            if mine and url not in known:
                shutil.rmtree(place, ignore_errors=True)

    def _places(self) -> Iterator[tuple[Path, str]]:
        with suppress(OSError):
            for place in list(self.folder.iterdir()):
                url = _about(place).get("url")
                if isinstance(url, str):
                    yield place, url


def _about(place: Path) -> dict[str, object]:
    try:
        found = json.loads((place / _ABOUT).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _write(place: Path, about: dict[str, object]) -> None:
    beside = place / f".{secrets.token_hex(8)}"
    beside.write_text(json.dumps(about), encoding="utf-8")
    beside.chmod(0o600)
    beside.replace(place / _ABOUT)
