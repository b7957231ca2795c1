"""Objects in Amazon S3, or in whatever speaks like it: listed by pattern, brought here one at a time."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory
from typing import Any

from threesixty.errors import OutOfSpace, SourceError, nearest
from threesixty.project import Source
from threesixty.sources.beginning import find_format
from threesixty.sources.files import File, ensure_set
from threesixty.sources.rows import Rows

SCHEME = "s3://"
_ARRIVING = "arriving"
_MAGIC = re.compile(r"[*?\[]")
_GLOB = re.compile(r"\*\*/?|\*|\?|\[!?[^\]]+\]|.", re.DOTALL)
_TRIES = 5
_PAGE = 1_000
_BEGINNING = 4 << 20
"""How many bytes are fetched where the first rows are enough."""
_SHOWN = 1_000
"""Of how many neighbours a nearest name is looked for."""


@dataclass(frozen=True, slots=True)
class Object:
    """An object as a Delivery: known by its ETag, so that a known one is not even fetched."""

    source: str
    bucket: str
    key: str
    etag: str
    size: int
    unit: str = field(default="bytes", init=False)
    lasting: bool = field(default=True, init=False)
    big: bool = field(default=False, init=False)
    called: str = field(default="", compare=False)

    @property
    def place(self) -> str:
        return f"{SCHEME}{self.bucket}/{self.key}"

    @property
    def name(self) -> str:
        return self.called or self.key.rsplit("/", 1)[-1]

    def digest(self) -> str:
        """What S3 itself calls this content."""
        return f"{self.etag} {self.size}"

    def rows(self, source: Source, position: str = "", /) -> Iterator[Rows]:
        """Not from afar: `at_hand` makes a file of it, which has rows."""
        raise NotImplementedError

    def fell_back(self, _position: str, /) -> str:
        """Never: an object that holds less is another."""
        return ""

    @contextmanager
    def at_hand(self, folder: Path, /, *, whole: bool = True) -> Iterator[File]:
        """The object as a file below a folder that only its owner may enter, until it has been read."""
        with _room(folder) as room:
            path = room / _file_name(self.key)
            if whole or self.size <= _BEGINNING or not self._begin(path):
                with self._fetching(folder):
                    _client().download_file(self.bucket, self.key, str(path))
            yield File(path, self.place, self.called)

    def _begin(self, path: Path) -> bool:
        """Fetch the beginning; whether its format can be read without the end."""
        with self._fetching(path.parent):
            part = _client().get_object(Bucket=self.bucket, Key=self.key, Range=f"bytes=0-{_BEGINNING - 1}")
            path.write_bytes(part["Body"].read())
        return find_format(path) not in ("parquet", "excel")

    @contextmanager
    def _fetching(self, folder: Path) -> Iterator[None]:
        with explained(self.source, self.place):
            try:
                yield
            except OSError as error:
                raise OutOfSpace(
                    f"{self.place} cannot be brought to {folder}: {error.strerror or error}",
                    hint=f"it needs {self.size:,} bytes there for as long as it is read",
                ) from error


def _file_name(key: str) -> str:
    """A name that a file may have for as long as an object is read: it says the format, and what it is."""
    name = key.rsplit("/", 1)[-1].encode()[-200:].decode("utf-8", "ignore")
    return name if name.strip(".") else f"object{name}"


@contextmanager
def _room(folder: Path) -> Iterator[Path]:
    """A folder that is gone when it is left; what killed processes left behind goes first."""
    arriving = folder / _ARRIVING
    arriving.mkdir(mode=0o700, parents=True, exist_ok=True)
    for left in arriving.iterdir():
        if not Path("/proc", left.name.partition("-")[0]).exists():
            rmtree(left, ignore_errors=True)
    with TemporaryDirectory(dir=arriving, prefix=f"{os.getpid()}-") as room:
        yield Path(room)


def is_pattern(address: str) -> bool:
    """Whether a path stands for several objects."""
    return bool(_MAGIC.search(address))


def objects(source: str, address: str) -> list[Object]:
    """The objects that a path such as s3://bucket/folder/*.csv.gz stands for, in order of key.

    `*` and `?` stay within a folder, `**` goes into those below. SourceError when there is none.
    """
    ensure_set(source, address)
    found = matching(source, address)
    if not found:
        what = "no object matches" if _MAGIC.search(address) else "there is no object"
        raise SourceError(f"source {source!r}: {what} {address}", hint=_missing_hint(source, address))
    return found


def matching(source: str, address: str) -> list[Object]:
    """The objects that a path with * and ? stands for, in order of key; there may be none."""
    bucket, _, pattern = address.removeprefix(SCHEME).partition("/")
    pattern += "**" if pattern.endswith("/") else ""
    wanted = re.compile(_expression(pattern), re.DOTALL)
    listed = _listed(source, bucket, _MAGIC.split(pattern, maxsplit=1)[0])
    return [each for each in listed if wanted.fullmatch(each.key)]


def _listed(source: str, bucket: str, prefix: str) -> Iterator[Object]:
    with explained(source, f"{SCHEME}{bucket}/{prefix}"):
        pages = _client().get_paginator("list_objects_v2")
        for page in pages.paginate(Bucket=bucket, Prefix=prefix, PaginationConfig={"PageSize": _PAGE}):
            for found in page.get("Contents", ()):
                if not found["Key"].endswith("/"):  # which is how consoles write down a folder
                    etag = found["ETag"].strip('"')
                    yield Object(source, bucket, found["Key"], etag, found["Size"])


def _expression(pattern: str) -> str:
    """A glob as a regular expression."""
    return "".join(_piece(found[0]) for found in _GLOB.finditer(pattern))


def _piece(piece: str) -> str:
    if piece.startswith("[") and len(piece) > 1:
        return (
            "[^" + re.escape(piece[2:-1]).replace(r"\-", "-") + "]"
            if piece[1] == "!"
            else ("[" + re.escape(piece[1:-1]).replace(r"\-", "-") + "]")
        )
    return {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}.get(piece, re.escape(piece))


def _missing_hint(source: str, address: str) -> str:
    bucket, _, key = address.removeprefix(SCHEME).partition("/")
    folder = _MAGIC.split(key, maxsplit=1)[0].rpartition("/")[0]
    near = [each.key for each, _ in zip(_listed(source, bucket, folder), range(_SHOWN), strict=False)]
    if not near:
        return f"nothing lies in {SCHEME}{bucket}/{folder}: put it there, or change the path of the source"
    found = nearest(key, near)
    return f"did you mean {SCHEME}{bucket}/{found}?" if found else f"such as {SCHEME}{bucket}/{near[0]}"


def _client() -> Any:
    import boto3  # noqa: PLC0415 - an extra
    from botocore.config import Config  # noqa: PLC0415 - an extra

    retries = {"mode": "standard", "total_max_attempts": _TRIES}
    # A session of its own: the default one keeps the first credentials it found for as long as it lives.
    return boto3.Session().client(
        "s3", config=Config(retries=retries, connect_timeout=15, user_agent_extra="threesixty")
    )


@contextmanager
def explained(source: str, place: str) -> Iterator[None]:
    """What S3 says, in our words."""
    try:
        from botocore.exceptions import (  # noqa: PLC0415 - an extra
            BotoCoreError,
            ClientError,
            NoCredentialsError,
            PartialCredentialsError,
            ProfileNotFound,
        )
    except ModuleNotFoundError:
        raise SourceError(
            f"source {source!r}: nothing here can read {place}", hint="pip install 'threesixty[aws]'"
        ) from None
    try:
        yield
    except ClientError as error:
        raise _refused(source, place, error.response) from error
    except (NoCredentialsError, PartialCredentialsError, ProfileNotFound) as error:
        raise SourceError(
            f"source {source!r}: there are no AWS credentials to read {place}",
            hint="set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or log in",
        ) from error
    except (BotoCoreError, ValueError) as error:
        first = str(error).partition("\n")[0][:300]
        raise SourceError(
            f"source {source!r}: {place} cannot be reached: {first}",
            hint="is the network there, and AWS_ENDPOINT_URL right, where it is set? Then load again",
        ) from error


def _refused(source: str, place: str, response: Any) -> SourceError:
    told = response.get("Error", {})
    code, status = str(told.get("Code", "")), response.get("ResponseMetadata", {}).get("HTTPStatusCode")
    bucket = place.removeprefix(SCHEME).partition("/")[0]
    if code == "NoSuchBucket":
        return SourceError(
            f"source {source!r}: there is no bucket {bucket}", hint="check the path of the source"
        )
    if code == "InvalidObjectState":
        return SourceError(
            f"source {source!r}: {place} is archived", hint="restore it from Glacier first, then load again"
        )
    if status == 404:
        return SourceError(
            f"source {source!r}: {place} is gone since it was listed", hint="load again: the rest is kept"
        )
    if status in (401, 403):
        return SourceError(
            f"source {source!r}: S3 does not let us read {place}: {code}",
            hint="allow s3:GetObject there, and s3:ListBucket on the bucket, to whose keys are in use",
        )
    return SourceError(
        f"source {source!r}: S3 does not give {place}: {code} {str(told.get('Message', ''))[:200]}".rstrip(),
        hint="what was read so far is kept: load again",
    )
