"""What a load is started with: the parameters of a request, read and checked.

https://docs.aws.amazon.com/neptune/latest/userguide/load-api-reference-load.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast, get_args

from threesixty.neptune.emulator.loading.file import Reading
from threesixty.neptune.emulator.loading.header import Format
from threesixty.neptune.emulator.loading.merge import Policy
from threesixty.neptune.emulator.operation import Call
from threesixty.neptune.emulator.refusal import Refusal
from threesixty.neptune.emulator.settings import Settings

_RDF = ("ntriples", "nquads", "rdfxml", "turtle")
_ROLE = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:role/[\w+=,.@/-]+")
_PARALLELISM = ("LOW", "MEDIUM", "HIGH", "OVERSUBSCRIBE")


@dataclass(frozen=True, slots=True)
class Request:
    """What a load was started with, checked."""

    source: str
    reading: Reading
    policy: Policy
    mode: str = "AUTO"
    in_order: bool = False
    queues: bool = False
    dependencies: tuple[str, ...] = ()


def read_request(call: Call, settings: Settings) -> Request:
    """The parameters of a load; raises Refusal.

    https://docs.aws.amazon.com/neptune/latest/userguide/load-api-reference-load.html
    """
    format_ = _one_of(call, "format", (*get_args(Format), *_RDF))
    if format_ in _RDF:
        raise Refusal("UnsupportedOperationException", f"The emulator holds no RDF: format {format_}")
    _one_of(call, "parallelism", _PARALLELISM, "HIGH")
    _check_access(call, settings)
    replaces = call.flag("updateSingleCardinalityProperties")
    if replaces and format_ == "opencypher":
        message = "updateSingleCardinalityProperties is not supported for loading openCypher data"
        raise Refusal("BadRequestException", message)
    given = call.given.get("parserConfiguration")
    parser = given if isinstance(given, Mapping) else {}
    return Request(
        source=call.text("source"),
        reading=Reading(
            cast(Format, format_),
            _flag(call.given, "userProvidedEdgeIds", True),
            _flag(parser, "allowEmptyStrings", False),
        ),
        policy=Policy(
            keeps=format_ == "opencypher", replaces=replaces, stops=_flag(call.given, "failOnError", True)
        ),
        mode=_one_of(call, "mode", ("NEW", "RESUME", "AUTO"), "AUTO"),
        in_order=call.flag("edgeOnlyLoad"),
        queues=call.flag("queueRequest"),
        dependencies=_dependencies(call),
    )


def _check_access(call: Call, settings: Settings) -> None:
    for role in call.text("iamRoleArn").split(","):
        if not _ROLE.fullmatch(role.strip()):
            message = f"Couldn't find the AWS credential for iam_role_arn {role.strip()}"
            raise Refusal("BadRequestException", message)
    region = call.text("region")
    if region != settings.region:
        raise Refusal("BadRequestException", f"Bucket is not in provided Region ({region})")


def _dependencies(call: Call) -> tuple[str, ...]:
    given = call.given.get("dependencies") or []
    return (given,) if isinstance(given, str) else tuple(map(str, given))


def _flag(given: Mapping[str, Any], name: str, otherwise: bool) -> bool:
    """AWS writes "TRUE"; boto3 sends true."""
    return str(given.get(name, otherwise)).casefold() == "true"


def _one_of(call: Call, name: str, allowed: Sequence[str], otherwise: str | None = None) -> str:
    said = call.text(name, otherwise)
    for one in allowed:
        if one.casefold() == said.casefold():
            return one
    raise Refusal("BadRequestException", f"{name} is one of {', '.join(allowed)}, not {said}")
