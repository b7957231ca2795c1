"""The CloudFormation template: what lint and AWS's own schemas can say about it without an account."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import boto3
import botocore.session
import pytest
from botocore import xform_name
from cfnlint import decode
from cfnlint.api import ManualArgs, lint
from cfnlint.data import AdditionalSpecs
from moto import mock_aws

import threesixty
from threesixty.graph.neptune_address import Address
from threesixty.neptune.template import alarms, template

SOURCE = Path(threesixty.__file__).parent
ROWS = [
    line.split()
    for line in (Path(__file__).parent / "cases" / "actions.txt").read_text("utf-8").splitlines()
    if line and not line.startswith("#")
]
MODEL = botocore.session.Session().get_service_model("neptunedata")
OPERATIONS = {xform_name(name): name for name in MODEL.operation_names}
SERVICES = ("cloudformation", "ec2", "s3")
UNKNOWN_TYPES = pytest.mark.filterwarnings("ignore:Tried to parse")  # moto says which types it skips
DATA_ACTION = re.compile(r"neptune-db:(\w+)")


@pytest.fixture(scope="module")
def parsed():
    found, problems = decode.decode_str(template())
    assert not problems
    return found


def statements(parsed, policy):
    return parsed["Resources"][policy]["Properties"]["PolicyDocument"]["Statement"]


def actions(parsed, policy):
    """The data actions that a policy allows."""
    given = [one["Action"] for one in statements(parsed, policy)]
    every = [action for some in given for action in ([some] if isinstance(some, str) else some)]
    return {action.removeprefix("neptune-db:") for action in every if action.startswith("neptune-db:")}


# --- lint --------------------------------------------------------------------------------------------


def test_it_is_clean_to_cfn_lint():
    regions = ManualArgs(regions=["us-east-1", "eu-central-1"])

    assert [str(problem) for problem in lint(template(), config=regions)] == []


def test_it_is_small_enough_to_be_sent_as_it_is():
    assert len(template().encode()) < 51_200


# --- policies ----------------------------------------------------------------------------------------


def documented(operation):
    """The data actions that botocore's documentation of an operation names."""
    told = DATA_ACTION.findall(MODEL.operation_model(OPERATIONS[operation]).documentation)
    return set(told) - {"QueryLanguage"}


@pytest.mark.parametrize(("operation", "policy", "needed"), [(row[0], row[1], row[2:]) for row in ROWS])
def test_each_operation_may_be_called_with_its_policy(parsed, operation, policy, needed):
    assert set(needed) <= documented(operation)
    assert set(needed) <= actions(parsed, f"{policy.capitalize()}Policy")


def test_policies_allow_nothing_that_no_operation_needs(parsed):
    for policy in ("reader", "writer"):
        # A writer may do what a reader may.
        wanted = {action for row in ROWS if row[1] in ("reader", policy) for action in row[2:]}

        assert actions(parsed, f"{policy.capitalize()}Policy") == wanted


def test_a_reader_can_change_nothing(parsed):
    changing = re.compile(r"Write|Delete|Start|Manage|Reset|Create")

    assert not [action for action in actions(parsed, "ReaderPolicy") if changing.match(action)]


def test_every_action_exists(parsed):
    known = json.loads((Path(AdditionalSpecs.__file__).parent / "Policies.json").read_text("utf-8"))
    listed = {name.casefold() for name in known["neptune-db"]["Actions"]}
    told = {action.casefold() for operation in OPERATIONS for action in documented(operation)}
    used = {
        action.casefold() for policy in ("ReaderPolicy", "WriterPolicy") for action in actions(parsed, policy)
    }

    assert used <= listed | told
    # What only boto3 knows is newer than lint's list: see the remark in the template.
    assert used - listed == {"getstorageinfo"}


def test_policies_cover_every_operation_that_is_called_anywhere():
    """Whoever calls another operation adds it to cases/actions.txt, and the template follows."""
    stand_in = SOURCE / "neptune" / "emulator"
    called = set()
    for path in SOURCE.rglob("*.py"):
        if not path.is_relative_to(stand_in):
            names = {node.value for node in ast.walk(ast.parse(path.read_text("utf-8")))
                     if isinstance(node, ast.Constant) and isinstance(node.value, str)}  # fmt: skip
            called |= names & OPERATIONS.keys()

    assert called
    assert called <= {row[0] for row in ROWS}


def test_queries_are_allowed_in_opencypher_only_and_on_this_cluster_only(parsed):
    for policy in ("ReaderPolicy", "WriterPolicy"):
        for one in statements(parsed, policy):
            if any("ViaQuery" in action for action in one["Action"]):
                assert one["Condition"] == {"StringEquals": {"neptune-db:QueryLanguage": "OpenCypher"}}
            if any(str(action).startswith("neptune-db:") for action in one["Action"]):
                assert "${Cluster.ClusterResourceId}/*" in one["Resource"]["Fn::Sub"]


# --- the cluster -------------------------------------------------------------------------------------


def test_the_cluster_is_locked_encrypted_and_kept(parsed):
    cluster = parsed["Resources"]["Cluster"]["Properties"]

    assert cluster["IamAuthEnabled"] is True
    assert cluster["StorageEncrypted"] is True
    assert cluster["DeletionProtection"] == {"Ref": "DeletionProtection"}
    assert parsed["Parameters"]["DeletionProtection"]["Default"] == "true"
    assert cluster["AssociatedRoles"] == [{"RoleArn": {"Fn::GetAtt": ["LoaderRole", "Arn"]}}]


def test_nobody_can_open_it_to_the_whole_internet(parsed):
    cidr = parsed["Parameters"]["ClientCidr"]["AllowedPattern"]

    assert re.match(cidr, "203.0.113.7/32")
    assert not re.match(cidr, "0.0.0.0/0")
    assert parsed["Parameters"]["Access"]["Default"] == "vpc"


def test_every_instance_is_alike_and_public_only_when_asked(parsed):
    instances = [
        one["Properties"] for one in parsed["Resources"].values() if one["Type"] == "AWS::Neptune::DBInstance"
    ]

    assert len(instances) == 1 + max(parsed["Parameters"]["Readers"]["AllowedValues"])
    for one in instances:
        assert one == instances[0]
        assert one["PubliclyAccessible"] == {"Fn::If": ["Public", True, False]}


def test_capacity_stays_within_what_neptune_allows(parsed):
    least, most = (parsed["Parameters"][name] for name in ("MinNCU", "MaxNCU"))

    assert (least["MinValue"], least["MaxValue"]) == (1, 128)
    assert (most["MinValue"], most["MaxValue"]) == (2.5, 128)


def test_the_bucket_is_encrypted_private_and_emptied(parsed):
    bucket = parsed["Resources"]["BulkBucket"]["Properties"]
    [rule] = bucket["LifecycleConfiguration"]["Rules"]

    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert "BucketEncryption" in bucket
    assert rule["ExpirationInDays"] == {"Ref": "BulkFileDays"}


def test_the_bucket_refuses_what_does_not_come_over_tls(parsed):
    [one] = parsed["Resources"]["BulkBucketPolicy"]["Properties"]["PolicyDocument"]["Statement"]

    assert (one["Effect"], one["Principal"], one["Action"]) == ("Deny", "*", "s3:*")
    assert one["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_the_loader_may_only_read_this_bucket(parsed):
    [policy] = parsed["Resources"]["LoaderRole"]["Properties"]["Policies"]
    allowed = {one["Action"]: one["Resource"] for one in policy["PolicyDocument"]["Statement"]}

    assert allowed == {
        "s3:ListBucket": {"Fn::GetAtt": ["BulkBucket", "Arn"]},
        "s3:GetObject": {"Fn::Sub": "${BulkBucket.Arn}/*"},
    }


def test_alarms_take_missing_data_for_well_and_are_counted_for_the_bill(parsed):
    found = [
        one["Properties"] for one in parsed["Resources"].values() if one["Type"] == "AWS::CloudWatch::Alarm"
    ]

    assert {one["TreatMissingData"] for one in found} == {"notBreaching"}
    assert len(found) == alarms()


# --- outputs -----------------------------------------------------------------------------------------


def test_the_graph_line_is_one_that_the_project_file_takes(parsed):
    [_, with_readers, alone] = parsed["Outputs"]["GraphLine"]["Value"]["Fn::If"]
    role = "arn:aws:iam::123456789012:role/stack-LoaderRole-1A2B3C"
    known = {
        "Cluster.Endpoint": "c.cluster-x.eu-central-1.neptune.amazonaws.com",
        "Cluster.ReadEndpoint": "c.cluster-ro-x.eu-central-1.neptune.amazonaws.com",
        "Cluster.Port": "8182",
        "AWS::Region": "eu-central-1",
        "BulkBucket": "stack-bulkbucket-1a2b",
        "LoaderRole.Arn": role,
    }
    texts = [text["Fn::Sub"] for text in (with_readers, alone)]
    lines = [re.sub(r"\$\{([^}]+)\}", lambda one: known[one[1]], text) for text in texts]
    addresses = [Address.parse(re.fullmatch(r'graph = "(.+)"', line)[1]) for line in lines]

    assert [address.reader for address in addresses] == [known["Cluster.ReadEndpoint"], ""]
    assert all(address.host == known["Cluster.Endpoint"] for address in addresses)
    assert all(
        (address.bulk, address.role) == ("s3://stack-bulkbucket-1a2b/bulk", role) for address in addresses
    )
    assert all(address.loads_in_bulk and address.iam and address.tls for address in addresses)


# --- what a stand-in for AWS makes of it -------------------------------------------------------------


def without_neptune(parsed):
    """The template as text, without what moto does not know: Neptune's own types, and the outputs of them."""
    told = json.loads(json.dumps(parsed))
    kept = {
        name: one for name, one in told["Resources"].items() if not one["Type"].startswith("AWS::Neptune::")
    }
    for subnet, block in (("SubnetA", "10.60.0.0/25"), ("SubnetB", "10.60.0.128/25")):
        kept[subnet]["Properties"]["CidrBlock"] = block  # nor does it know Fn::Cidr
    told |= {"Resources": kept, "Outputs": {}}
    del told["Metadata"], told["Rules"]
    text = json.dumps(told).replace("${Cluster.ClusterResourceId}", "cluster-ABCD1234")
    return text.replace('{"Ref": "Cluster"}', '"graph"')


@pytest.fixture
def stack(parsed, monkeypatch):
    """Makes the stack with some parameters; the clients of the services, by name."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():

        def make(**given):
            clients = {name: boto3.client(name, region_name="eu-central-1") for name in SERVICES}
            parameters = [{"ParameterKey": name, "ParameterValue": value} for name, value in given.items()]
            clients["cloudformation"].create_stack(
                StackName="graph", TemplateBody=without_neptune(parsed), Parameters=parameters
            )
            rows = clients["cloudformation"].list_stack_resources(StackName="graph")["StackResourceSummaries"]
            return clients, {row["LogicalResourceId"]: row["PhysicalResourceId"] for row in rows}

        yield make


@UNKNOWN_TYPES
def test_a_private_cluster_has_a_way_to_s3_and_none_to_the_internet(stack):
    clients, made = stack(Access="vpc")
    [endpoint] = clients["ec2"].describe_vpc_endpoints()["VpcEndpoints"]
    [routes] = clients["ec2"].describe_route_tables(RouteTableIds=[made["Routes"]])["RouteTables"]

    assert endpoint["ServiceName"] == "com.amazonaws.eu-central-1.s3"
    assert endpoint["RouteTableIds"] == [made["Routes"]]
    assert "WayToInternet" not in made
    assert not [route for route in routes["Routes"] if route.get("DestinationCidrBlock") == "0.0.0.0/0"]


@UNKNOWN_TYPES
def test_a_public_cluster_admits_the_named_addresses_only(stack):
    clients, made = stack(Access="public", ClientCidr="203.0.113.7/32")
    [group] = clients["ec2"].describe_security_groups(GroupIds=[made["ClusterSecurityGroup"]])[
        "SecurityGroups"
    ]
    ranges = [one["CidrIp"] for rule in group["IpPermissions"] for one in rule["IpRanges"]]

    assert "WayToInternet" in made
    assert ranges == ["203.0.113.7/32"]


@UNKNOWN_TYPES
def test_a_network_of_ones_own_is_left_as_it_is(stack):
    _, made = stack(VpcId="vpc-12345678", SubnetIds="subnet-1,subnet-2", AlarmEmail="ops@example.org")

    assert not {"Network", "SubnetA", "S3Endpoint"} & set(made)
    assert "AlarmTopic" in made
