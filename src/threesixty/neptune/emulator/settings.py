"""What an emulator is started with."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

ENGINE_VERSION = "1.4.7.0.R1"


@dataclass(frozen=True, slots=True)
class Settings:
    """Ports of 0 are any that are free. An empty `s3` reads S3 by boto3's own settings."""

    folder: Path
    host: str = "127.0.0.1"
    port: int = 0
    reader_port: int = 0
    iam: bool = True
    access_key: str = "emulator"
    secret_key: str = "emulator-secret"  # noqa: S105 - for a server on this machine
    session_token: str = ""
    """Where it is given, requests have to carry it."""
    region: str = "us-east-1"
    s3: str = ""
    """A folder whose folders are buckets."""
    engine_version: str = ENGINE_VERSION
    seconds: float = 120.0
    """Of one query: Neptune's `neptune_query_timeout`."""
    lint: bool = True
    """Whether statements that Neptune is not documented to carry out are refused."""
    streams: bool = False
    """Whether changes are logged: Neptune's `neptune_streams`."""
    stream_days: int = 7
    """For how long they are kept: `neptune_streams_expiry_days`."""
