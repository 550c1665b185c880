"""Objects of S3, and of stores that support its protocol.

Location and credentials come from the environment: `AWS_ENDPOINT_URL`, `AWS_REGION`, `AWS_ACCESS_KEY_ID` and
related variables, web identity, and the roles of containers and machines.
"""

from __future__ import annotations

import os
import re
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from flamescore.connections.waiting import SECONDS, answered
from flamescore.errors import Problem, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

SCHEME: Final = "s3://"
_SECRETS: Final = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
_ENDPOINT: Final = "AWS_ENDPOINT_URL"
_CODE: Final = re.compile(r"<Code>([A-Za-z]+)</Code>")
_STATUS: Final = re.compile(r"status code: (\d+ [A-Za-z ]+)")
_CHUNK: Final = 8 << 20
_NO_BUCKET: Final = "NoSuchBucket"


class StoreError(Exception):
    """The store can't be reached, or refuses; the error's `str` contains no secrets."""


class MissingObjectError(StoreError):
    """The object does not exist."""


class ChangedObjectError(StoreError):
    """A conditional write failed: the object exists although it must not, or its tag has changed."""


class NoConditionsError(StoreError):
    """The store does not support conditional writes."""


class Object(Struct, frozen=True):
    """An object: its key, size in bytes, modification time, and the tag that identifies its contents."""

    key: str
    size: int
    modified: datetime
    tag: str


class Address(Struct, frozen=True):
    """`s3://BUCKET/KEY`; the key has no leading slash."""

    bucket: str
    key: str

    @classmethod
    def of(cls, url: str) -> Address:
        """Parse an address."""
        bucket, _, key = url.removeprefix(SCHEME).partition("/")
        return cls(bucket, key)

    def url(self, key: str) -> str:
        """Return the address of another object in the bucket."""
        return f"{SCHEME}{self.bucket}/{key}"


@dataclass(frozen=True, slots=True)
class Bucket:
    """A bucket that can be read and written."""

    name: str
    store: Any = field(repr=False)

    @classmethod
    def open(cls, name: str) -> Bucket:
        """Return a bucket, without sending a request yet.

        Raises:
            StoreError: the settings in the environment are invalid.
            UsageError: the package is not installed.
        """
        try:
            from obstore.store import S3Store  # noqa: PLC0415 - an extra
        except ImportError:
            text = "S3 needs the package obstore, which is not installed."
            hint = "Run pip install 'flamescore[s3]'."
            raise UsageError(Problem("U013", text, hint=hint)) from None
        plain = os.environ.get(_ENDPOINT, "").startswith("http://")
        with _translated_errors(name):
            store = S3Store(
                name,
                client_options={"connect_timeout": f"{SECONDS // 2}s", "timeout": "1h", "allow_http": plain},
                retry_config={"max_retries": 2, "retry_timeout": timedelta(seconds=SECONDS - 2)},
            )
        return cls(name, store)

    def below(self, folder: str) -> Iterator[Object]:
        """Yield every object below a folder; an empty `folder` means the whole bucket."""
        import obstore  # noqa: PLC0415 - an extra

        with _translated_errors(self.name):
            pages = obstore.list(self.store, folder.strip("/") or None)
            page = answered(lambda: next(pages, None))
            while page is not None:
                yield from map(_object, page)
                page = next(pages, None)

    def find(self, key: str) -> Object | None:
        """Return an object, or None if it does not exist."""
        import obstore  # noqa: PLC0415 - an extra

        try:
            with _translated_errors(self.name):
                return _object(answered(lambda: obstore.head(self.store, key)))
        except MissingObjectError:
            # The response to HEAD has no body, so it does not reveal whether the bucket exists. Listing does.
            next(self.below(key), None)
            return None

    def fetch(self, key: str, into: Path) -> Object:
        """Write an object into a new file; return the object as fetched."""
        import obstore  # noqa: PLC0415 - an extra

        with _translated_errors(self.name):
            got = answered(lambda: obstore.get(self.store, key))
            with into.open("xb") as file:
                for chunk in got.stream(min_chunk_size=_CHUNK):
                    file.write(chunk)
            return _object(got.meta)

    def read(self, key: str) -> tuple[bytes, str]:
        """Return the bytes of an object, and its tag.

        Raises:
            MissingObjectError: the object does not exist.
        """
        import obstore  # noqa: PLC0415 - an extra

        with _translated_errors(self.name):
            got = answered(lambda: obstore.get(self.store, key))
            return bytes(got.bytes()), _object(got.meta).tag

    def write(self, key: str, data: bytes | Path) -> None:
        """Write an object, overwriting any existing one."""
        import obstore  # noqa: PLC0415 - an extra

        with _translated_errors(self.name):
            obstore.put(self.store, key, data)

    def write_if(self, key: str, data: bytes, *, tag: str | None) -> None:
        """Write an object only if it still has this tag or, with None, only if it does not exist.

        Raises:
            ChangedObjectError: it has another tag, or exists; nothing was written.
            NoConditionsError: the store does not support conditional writes.
        """
        import obstore  # noqa: PLC0415 - an extra

        mode: Any = "create" if tag is None else {"e_tag": tag}
        with _translated_errors(self.name):
            obstore.put(self.store, key, data, mode=mode, use_multipart=False)

    def delete(self, *keys: str) -> None:
        """Delete objects; missing ones are not an error."""
        import obstore  # noqa: PLC0415 - an extra

        with _translated_errors(self.name):
            if keys:
                obstore.delete(self.store, list(keys))


def _object(meta: Any) -> Object:  # noqa: ANN401 - a mapping of the library's own
    size, modified = meta["size"], meta["last_modified"]
    return Object(meta["path"], size, modified, meta["e_tag"] or f"{size}-{modified.timestamp()}")


@contextmanager
def _translated_errors(bucket: str) -> Iterator[None]:
    """Turn the library's errors inside the block into errors of this module."""
    from obstore import exceptions  # noqa: PLC0415 - an extra

    try:
        yield
    except TimeoutError:
        alone = not os.environ.get(_SECRETS[0])
        roles = " No AWS_ACCESS_KEY_ID is set, so the machine's roles were asked." if alone else ""
        raise StoreError(f"{_store()} has not answered within {SECONDS} s.{roles}") from None
    except (FileNotFoundError, exceptions.NotFoundError) as error:
        if _NO_BUCKET in str(error):
            raise StoreError(f"there is no bucket `{bucket}`.") from None
        raise MissingObjectError("the object does not exist.") from None
    except (exceptions.AlreadyExistsError, exceptions.PreconditionError):
        raise ChangedObjectError("the object was changed meanwhile.") from None
    except (exceptions.NotSupportedError, NotImplementedError):
        raise NoConditionsError("the store can't write on a condition.") from None
    except (exceptions.PermissionDeniedError, exceptions.UnauthenticatedError) as error:
        raise StoreError(f"{_store()} refuses access to the bucket `{bucket}`{_why(error)}.") from None
    except exceptions.BaseError as error:
        raise _other(bucket, error) from None


def _other(bucket: str, error: Exception) -> StoreError:
    text = str(error)
    code = _CODE.search(text)
    if code is not None and code[1] == _NO_BUCKET:
        return StoreError(f"there is no bucket `{bucket}`.")
    if code is not None and code[1] == "NotImplemented":
        return NoConditionsError("the store can't write on a condition.")
    if code is not None or _STATUS.search(text):
        return StoreError(f"{_store()} refuses what is asked of the bucket `{bucket}`{_why(error)}.")
    return StoreError(f"{_store()}, where the bucket `{bucket}` is looked for, can't be reached.")


def _why(error: Exception) -> str:
    """Return the store's error code or status; its messages, which may contain keys, are left out."""
    code, status = _CODE.search(str(error)), _STATUS.search(str(error))
    return f": {code[1]}" if code else f": {status[1].strip()}" if status else ""


def _store() -> str:
    """Return the name of the store: its endpoint, or Amazon S3."""
    there = os.environ.get(_ENDPOINT)
    return f"the store at {there}" if there else "Amazon S3"
