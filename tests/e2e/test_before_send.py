"""The example of docs/before-send.md, deployed to a local stack that asks it."""

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from mypy_boto3_lambda import LambdaClient

from local.options import Options
from local.stack import Stack
from local.tools import ROOT
from testing.live.people import Client, Deployment

EXAMPLE = ROOT / "docs/before-send/word_list.py"
NAME = "word-list"
BY_LAMBDA = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "lambda.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}
FAILING = "def handler(event, context):\n    raise RuntimeError\n"


@pytest.fixture(scope="module")
def asking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    folder: Path = tmp_path_factory.mktemp("asking")
    parameters = {
        "BeforeSendFunction": f"arn:aws:lambda:us-east-1:000000000000:function:{NAME}",
        "BeforeSendFailure": "refuse",
    }
    with Stack(Options.for_tests(folder, parameters), print) as stack:
        iam = stack.session.client("iam", endpoint_url=stack.aws_url)
        iam.create_role(RoleName=NAME, AssumeRolePolicyDocument=json.dumps(BY_LAMBDA))
        yield Deployment(stack)


@pytest.fixture
def functions(asking: Deployment) -> LambdaClient:
    return asking.stack.session.client("lambda", endpoint_url=asking.stack.aws_url)


@pytest.fixture
def deploy(functions: LambdaClient) -> Iterator[Callable[[str], None]]:
    def deploy(code: str) -> None:
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as files:
            files.writestr("word_list.py", code)
        functions.create_function(
            FunctionName=NAME,
            Runtime="python3.13",
            Handler="word_list.handler",
            Role=f"arn:aws:iam::000000000000:role/{NAME}",
            Code={"ZipFile": archive.getvalue()},
            Environment={"Variables": {"WORDS": "darn,heck"}},
        )
        # Its process starts now, so that a busy machine starts it in time.
        functions.invoke(FunctionName=NAME, Payload=b'{"content": ""}')

    yield deploy
    functions.delete_function(FunctionName=NAME)


@pytest.fixture
def client(asking: Deployment) -> Iterator[Client]:
    with asking.person("alice") as alice:
        yield alice.logs_in()


def test_the_example_refuses_messages_and_edits_with_a_word_of_its_list(
    deploy: Callable[[str], None], client: Client
) -> None:
    deploy(EXAMPLE.read_text())
    conversation = client.creates()

    said = client.says("Hello", to=conversation)
    reply = client.is_rejected(
        "refused", "chat_message", conversationId=conversation, data={"content": "Darn it!"}
    )
    client.is_rejected(
        "refused", "edit_message", messageId=said["message_id"], data={"content": "What the heck"}
    )

    assert reply["data"] == {"reason": "Please say it in other words."}
    page = client.sends("history", conversationId=conversation)["data"]
    assert [each["content"] for each in page["messages"]] == ["Hello"]
    assert client.says("Darned", to=conversation)["seq"] == 2


def test_the_policy_refuses_if_the_function_fails(
    deploy: Callable[[str], None], client: Client
) -> None:
    deploy(FAILING)
    conversation = client.creates()

    reply = client.is_rejected(
        "refused", "chat_message", conversationId=conversation, data={"content": "Hello"}
    )

    assert "data" not in reply
