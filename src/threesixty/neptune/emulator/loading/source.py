"""Where load files are: S3, by boto3, or a folder on this machine whose folders are buckets.

What is said when a source cannot be read is from
https://docs.aws.amazon.com/neptune/latest/userguide/load-api-reference-load-errors.html
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Protocol, cast

from threesixty.neptune.emulator.refusal import Refusal

_URI = re.compile(r"(?:s3:/|https://s3(?:[.-][a-z0-9-]+)?\.amazonaws\.com)/([^/]+)/?(.*)", re.DOTALL)
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")


@dataclass(frozen=True, slots=True)
class Object:
    """A file of a source, and how to tell whether it is still the same."""

    bucket: str
    key: str
    version: str

    @property
    def uri(self) -> str:
        return f"s3://{self.bucket}/{self.key}"


class Changed(Exception):
    """A file was changed or deleted since it was listed."""


class Denied(Exception):
    """A file may not be read."""


class Unreadable(Exception):
    """A file cannot be read just now."""


class Buckets(Protocol):
    """Where files are listed by what their keys begin with, and opened."""

    def objects(self, bucket: str, prefix: str) -> list[Object]:
        """In the order of their keys; raises Refusal."""
        ...

    def open(self, one: Object) -> BinaryIO:
        """Raises Changed, Denied, Unreadable."""
        ...


def objects(buckets: Buckets, source: str) -> list[Object]:
    """The files of a request's source; raises Refusal where there are none."""
    match = _URI.fullmatch(source)
    bucket, prefix = match.groups() if match else ("", "")
    if not _BUCKET.fullmatch(bucket):
        raise Refusal("BadRequestException", f"The source {source} is no URI of Amazon S3")
    found = [one for one in buckets.objects(bucket, prefix) if not one.key.endswith("/")]
    if not found:
        raise Refusal("BadRequestException", f"The source {source} does not exist/not reachable")
    return found


def _no_bucket(bucket: str) -> Refusal:
    return Refusal("BadRequestException", f"S3 bucket not found for source: s3://{bucket}")


class FolderBuckets:
    """`s3://bucket/key` is the file `bucket/key` in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def objects(self, bucket: str, prefix: str) -> list[Object]:
        root = self._folder / bucket
        if not root.is_dir():
            raise _no_bucket(bucket)
        keys = sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())
        return [Object(bucket, key, _version(root / key)) for key in keys if key.startswith(prefix)]

    def open(self, one: Object) -> BinaryIO:
        path = self._folder / one.bucket / one.key
        try:
            if _version(path) != one.version:
                raise Changed(one.uri)
            return path.open("rb")
        except FileNotFoundError:
            raise Changed(one.uri) from None
        except PermissionError:
            raise Denied(one.uri) from None


def _version(path: Path) -> str:
    found = path.stat()
    return f"{found.st_size} {found.st_mtime_ns}"


class S3Buckets:
    """S3 as boto3 finds it: credentials by its normal chain, `AWS_ENDPOINT_URL_S3` for a stand-in."""

    def __init__(self, region: str) -> None:
        self._region = region

    def objects(self, bucket: str, prefix: str) -> list[Object]:
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - an extra

        try:
            pages = self._client().get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
            found = [one for page in pages for one in page.get("Contents", ())]
        except ClientError as error:
            raise _refusal(bucket, error.response["Error"]["Code"]) from None
        except BotoCoreError:
            raise Refusal(
                "InternalFailureException",
                f"Unable to connect to S3 endpoint. Provided source = s3://{bucket}/{prefix} "
                f"and region = {self._region}",
            ) from None
        return [Object(bucket, one["Key"], one["ETag"]) for one in found]

    def open(self, one: Object) -> BinaryIO:
        with _explained():
            got = self._client().get_object(Bucket=one.bucket, Key=one.key)
        if got["ETag"] != one.version:
            raise Changed(one.uri)
        return cast(BinaryIO, io.BufferedReader(_Body(got["Body"])))

    def _client(self) -> Any:
        import boto3  # noqa: PLC0415 - an extra

        return boto3.session.Session().client("s3", region_name=self._region)


class _Body(io.RawIOBase):
    """What S3 sends, as a file."""

    def __init__(self, body: Any) -> None:
        self._body = body

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        with _explained():
            part = self._body.read(len(buffer))
        buffer[: len(part)] = part
        return len(part)

    def close(self) -> None:
        self._body.close()
        super().close()


def _refusal(bucket: str, code: str) -> Refusal:
    if code in {"NoSuchBucket", "404"}:
        return _no_bucket(bucket)
    if code in {"AccessDenied", "403"}:
        return Refusal("LoadUrlAccessDeniedException", "Unable to perform S3 list operation")
    if code == "PermanentRedirect":
        return Refusal("BadRequestException", f"Bucket is not in provided Region: s3://{bucket}")
    return Refusal("S3Exception", "Failed to start load because of unknown error from S3")


@contextmanager
def _explained() -> Iterator[None]:
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - an extra

    try:
        yield
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code in {"NoSuchKey", "404", "NoSuchBucket"}:
            raise Changed(code) from None
        raise (Denied if code in {"AccessDenied", "403"} else Unreadable)(code) from None
    except BotoCoreError as error:
        raise Unreadable(str(error)) from None
