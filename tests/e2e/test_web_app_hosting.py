"""The web app, published by the operator's command to a stack that serves it."""

from collections.abc import Iterator
from urllib.request import urlopen

import pytest
from mypy_boto3_s3 import S3Client
from websockets.exceptions import InvalidStatus
from websockets.typing import Origin

from local.options import Options
from local.stack import Stack
from testing.live.people import Client, Deployment
from tests.e2e.shell import Shell

LISTED = "https://one.example.com"


@pytest.fixture(scope="module")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """A stack that serves the page under CloudFront's own name, and lists who may connect."""
    parameters = {"WebPage": "true", "AllowedOrigins": LISTED}
    with Stack(Options.for_tests(tmp_path_factory.mktemp("page"), parameters), print) as stack:
        yield Deployment(stack)


@pytest.fixture
def shell(serving: Deployment) -> Shell:
    return Shell.at(serving)


@pytest.fixture
def s3(serving: Deployment) -> S3Client:
    return serving.stack.session.client("s3", endpoint_url=serving.stack.aws_url)


def test_the_published_files_equal_those_that_the_local_gateway_serves(
    serving: Deployment, shell: Shell, s3: S3Client
) -> None:
    bucket = serving.stack.outputs["PageBucket"]

    published = shell.reads("page", "publish")["uploaded"]

    there = {each["Key"] for each in s3.list_objects_v2(Bucket=bucket)["Contents"]}
    assert there == set(published)
    for key in published:
        with urlopen(f"{serving.stack.http_url}/{key}", timeout=30) as response:  # noqa: S310 -- a local address
            served = response.read()
        assert s3.get_object(Bucket=bucket, Key=key)["Body"].read() == served


def test_publishing_again_uploads_nothing(shell: Shell) -> None:
    shell.does("page", "publish")

    again = shell.reads("page", "publish")

    assert (again["uploaded"], again["removed"]) == ([], [])


@pytest.mark.parametrize("listed", [True, False])
def test_the_web_app_may_connect_beside_the_listed_origins(
    serving: Deployment, *, listed: bool
) -> None:
    origin = LISTED if listed else serving.stack.outputs["PageUrl"].removesuffix("/")

    client = Client(serving.stack.websocket_url, origin=Origin(origin))

    assert client.receives("connected")


def test_an_origin_that_is_not_listed_may_not_connect(serving: Deployment) -> None:
    with pytest.raises(InvalidStatus, match="403"):
        Client(serving.stack.websocket_url, origin=Origin("https://two.example.com"))


def test_an_emptied_bucket_is_deleted_with_its_stack(
    serving: Deployment, shell: Shell, s3: S3Client
) -> None:
    bucket = serving.stack.outputs["PageBucket"]
    stack = serving.stack
    cloudformation = stack.session.client("cloudformation", endpoint_url=stack.aws_url)
    shell.does("page", "publish")

    shell.does("page", "remove")
    cloudformation.delete_stack(StackName="parley")

    gone = cloudformation.get_waiter("stack_delete_complete")
    gone.wait(StackName="parley", WaiterConfig={"Delay": 1, "MaxAttempts": 30})
    assert bucket not in {each["Name"] for each in s3.list_buckets()["Buckets"]}
