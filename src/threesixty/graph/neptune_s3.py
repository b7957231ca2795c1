"""The folder in S3 from which a cluster's bulk loader reads: files go up, and are taken away again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from threesixty.errors import GraphDenied, GraphUnavailable

PART_BYTES = 64 << 20  # larger files go up in parts of this size
TRIES = 10
_TAKEN_AT_ONCE = 1_000  # what S3 allows
_NOT_THERE = {"404", "NoSuchKey", "NotFound"}


@dataclass(frozen=True, slots=True)
class File:
    """A file to send: its place below the folder, its size and the digest of its bytes."""

    path: Path
    name: str
    size: int
    digest: str


def files_in(folder: Path) -> list[File]:
    """Every file of a folder and its folders, by name."""
    found = []
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        with path.open("rb") as file:
            digest = sha256()
            while part := file.read(1 << 20):
                digest.update(part)
        found.append(File(path, path.relative_to(folder).as_posix(), path.stat().st_size, digest.hexdigest()))
    return found


def digest_of(files: Iterable[File]) -> str:
    """A short name for exactly these files."""
    return sha256("\n".join(f"{file.name} {file.digest}" for file in files).encode()).hexdigest()[:24]


class Bucket:
    """A place in S3, `s3://bucket/prefix`. Everything below raises GraphDenied, GraphUnavailable."""

    def __init__(self, address: str, region: str) -> None:
        import boto3  # noqa: PLC0415 - an extra
        from botocore.config import Config  # noqa: PLC0415

        name, _, prefix = address.removeprefix("s3://").partition("/")
        self._name = name
        self._prefix = f"{prefix.strip('/')}/" if prefix.strip("/") else ""
        retries = {"mode": "standard", "total_max_attempts": TRIES}
        with self._explained("read the credentials for"):
            self._client: Any = boto3.client(
                "s3",
                region_name=region or None,
                config=Config(retries=retries, user_agent_extra="threesixty"),
            )

    @property
    def region(self) -> str:
        return str(self._client.meta.region_name)

    def address(self, folder: str) -> str:
        """The address of a folder, with the slash at its end that keeps its neighbours out."""
        return f"s3://{self._name}/{self._prefix}{folder}/"

    def send(self, file: File, folder: str, told: Callable[[int], None]) -> None:
        """Send one file, unless the same one is there; `told` hears of bytes as they go."""
        from boto3.s3.transfer import TransferConfig  # noqa: PLC0415 - an extra

        key = f"{self._prefix}{folder}/{file.name}"
        if self._has(key, file):
            told(file.size)
            return
        parts = TransferConfig(multipart_threshold=PART_BYTES, multipart_chunksize=PART_BYTES)
        with self._explained("put"), file.path.open("rb") as data:
            self._client.upload_fileobj(
                data,
                self._name,
                key,
                ExtraArgs={"Metadata": {"sha256": file.digest}},
                Callback=told,
                Config=parts,
            )

    def _has(self, key: str, file: File) -> bool:
        from botocore.exceptions import ClientError  # noqa: PLC0415 - an extra

        with self._explained("look at"):
            try:
                there = self._client.head_object(Bucket=self._name, Key=key)
            except ClientError as error:
                # Who may put but not list is told 403 where nothing is: then the file is simply sent.
                if error.response.get("Error", {}).get("Code") in _NOT_THERE | {"403"}:
                    return False
                raise
        return bool(
            there["ContentLength"] == file.size and there.get("Metadata", {}).get("sha256") == file.digest
        )

    def remove(self, folder: str) -> None:
        """Take away every object of a folder. There may be none."""
        with self._explained("take away"):
            pages = self._client.get_paginator("list_objects_v2").paginate(
                Bucket=self._name,
                Prefix=f"{self._prefix}{folder}/",
                PaginationConfig={"PageSize": _TAKEN_AT_ONCE},
            )
            for page in pages:
                self._take([{"Key": found["Key"]} for found in page.get("Contents", [])])

    def _take(self, keys: list[dict[str, str]]) -> None:
        if not keys:
            return
        answer = self._client.delete_objects(Bucket=self._name, Delete={"Objects": keys, "Quiet": True})
        for failed in answer.get("Errors", [])[:1]:
            raise GraphDenied(
                f"S3 does not take {failed.get('Key')} away: {failed.get('Code')}",
                hint="allow s3:DeleteObject",
            )

    @contextmanager
    def _explained(self, doing: str) -> Iterator[None]:
        from botocore.exceptions import (  # noqa: PLC0415 - an extra
            BotoCoreError,
            ClientError,
            NoCredentialsError,
        )

        try:
            yield
        except ClientError as error:
            raise self._refusal(error.response, doing) from error
        except NoCredentialsError as error:
            raise GraphDenied(
                f"there are no AWS credentials to {doing} {self._said}", hint="set AWS_PROFILE, or log in"
            ) from error
        except BotoCoreError as error:
            first = str(error).partition("\n")[0][:300]
            raise GraphUnavailable(f"S3 cannot be reached to {doing} {self._said}: {first}") from error

    @property
    def _said(self) -> str:
        return f"s3://{self._name}/{self._prefix}"

    def _refusal(self, response: Any, doing: str) -> GraphDenied | GraphUnavailable:
        told = response.get("Error", {})
        code, status = (
            str(told.get("Code", "")),
            int(response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)),
        )
        if code == "NoSuchBucket" or status == 404:
            return GraphUnavailable(
                f"there is no bucket {self._name}",
                hint="make it in the region of the cluster, or mend `bulk=`",
            )
        if status in (401, 403):
            return GraphDenied(
                f"S3 does not let us {doing} {self._said}: {code}",
                hint="allow s3:PutObject, s3:GetObject, s3:DeleteObject and s3:ListBucket there",
            )
        return GraphUnavailable(f"S3 would not {doing} {self._said}: {code} {told.get('Message', '')[:200]}")
