"""The CloudFormation template of a cluster to start from: see docs/how-to/neptune-from-zero.md."""

from __future__ import annotations

import re
from importlib.resources import files

SHIPPED = "cluster.yaml"
_ALARM = re.compile(r"^    Type: AWS::CloudWatch::Alarm$", re.MULTILINE)


def template() -> str:
    """The text of the template, as CloudFormation takes it."""
    return files(__package__).joinpath(SHIPPED).read_text("utf-8")


def alarms() -> int:
    """How many alarms the template has: each is billed by the month."""
    return len(_ALARM.findall(template()))
