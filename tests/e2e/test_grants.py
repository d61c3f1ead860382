"""The deployed role of a function allows what it is granted, and denies everything else.

With credentials as a function gets them: a function that gives its own away is made for each role.
Writing logs, reading streams and sending traces are not tried: the emulator does not compare log
groups as AWS does, gives streams to the function itself, and knows no traces.
"""

import io
import json
import zipfile
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from testing.live.people import Deployment
from testing.template import FUNCTIONS, RESOURCES, Function, grants, referred, resources
from tests.e2e.permission_attempts import Attempt, attempts

BETRAYAL = """
import os

SECRETS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")

def handler(event, context):
    return {name.lower(): os.environ[name] for name in SECRETS}
"""
DENIED = {"AccessDenied", "AccessDeniedException"}
STREAMS = ("DescribeStream", "GetRecords", "GetShardIterator", "ListStreams")
NOT_TRIED = ("logs:", *(f"dynamodb:{action}" for action in STREAMS))
# The emulator has no name for each bucket.
BY_PATH = Config(s3={"addressing_style": "path"})

type Physical = Mapping[str, str]


class Role:
    """A function's role, in the hands of somebody who took the function over."""

    def __init__(self, make_client: Callable[..., Any], url: str, api: str) -> None:
        connections = f"{url}/_aws/execute-api/{api}/chat"
        self._clients = {
            service: make_client(service, endpoint_url=url)
            for service in ("dynamodb", "sqs", "secretsmanager", "lambda")
        } | {
            "s3": make_client("s3", endpoint_url=url, config=BY_PATH),
            "apigatewaymanagementapi": make_client(
                "apigatewaymanagementapi", endpoint_url=connections
            ),
        }

    def is_let(self, attempt: Attempt) -> bool:
        ask = getattr(self._clients[attempt.service], attempt.operation)
        try:
            ask(**attempt.parameters)
        except ClientError as error:
            return error.response["Error"]["Code"] not in DENIED
        return True


@pytest.fixture(scope="module")
def aws(deployment: Deployment) -> boto3.Session:
    """Keep one for all: what is read of a service to make its first client serves for the rest."""
    return deployment.stack.session


@pytest.fixture(scope="module")
def physical(deployment: Deployment, aws: boto3.Session) -> Physical:
    """Give the name that each of the template's resources was deployed under."""
    cloudformation = aws.client("cloudformation", endpoint_url=deployment.stack.aws_url)
    pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName="parley")
    return {
        resource["LogicalResourceId"]: resource["PhysicalResourceId"]
        for page in pages
        for resource in page["StackResourceSummaries"]
    }


@pytest.fixture
def role(
    deployment: Deployment, aws: boto3.Session, physical: Physical, function: Function
) -> Iterator[Role]:
    url, name = deployment.stack.aws_url, f"betrayer-of-{function.folder.name}"
    functions = aws.client("lambda", endpoint_url=url)
    functions.create_function(
        FunctionName=name,
        Runtime="python3.13",
        Handler="app.handler",
        Role=functions.get_function_configuration(FunctionName=physical[function.name])["Role"],
        Code={"ZipFile": packed(BETRAYAL)},
    )
    credentials = json.load(functions.invoke(FunctionName=name)["Payload"])
    yield Role(partial(aws.client, **credentials), url, deployment.stack.outputs["ApiId"])
    functions.delete_function(FunctionName=name)


def packed(source: str) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as files:
        files.writestr("app.py", source)
    return archive.getvalue()


def granted(function: Function, physical: Physical) -> set[tuple[str, str]]:
    """Name what is granted by a function's role, and by the deployed policies beside it.

    What a parameter leaves out cannot be tried.
    """
    left_out = RESOURCES.keys() - physical.keys()
    beside = [
        grant
        for name, policy in resources("AWS::IAM::Policy").items()
        if name in physical and function.role in map(referred, policy["Roles"])
        for grant in grants(policy["PolicyDocument"])
    ]
    return {
        (grant.action, grant.target)
        for grant in (*function.grants, *beside)
        if not grant.action.startswith(NOT_TRIED) and grant.target not in left_out
    }


@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=FUNCTIONS.keys())
def test_a_function_can_do_what_its_role_grants_and_nothing_else(
    function: Function, role: Role, physical: Physical
) -> None:
    tried = list(attempts(physical))

    let = {(each.action, each.target) for each in tried if role.is_let(each)}

    assert let == granted(function, physical)
    assert len(let) < len(tried)
