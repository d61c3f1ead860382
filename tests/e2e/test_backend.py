"""The owner's backend on a running stack: the function, invoked by IAM."""

import json
import os
import subprocess
from collections.abc import Callable
from typing import Any

import pytest

from testing.live.people import Deployment, Person
from tests.e2e.shell import Shell
from tests.unit.docs.pages import DOCS, code_blocks
from tests.unit.docs.programs import python

type Call = Callable[..., dict[str, Any]]


@pytest.fixture
def call(deployment: Deployment) -> Call:
    stack = deployment.stack
    client = stack.session.client("lambda", endpoint_url=stack.aws_url)

    def invoke(user: str, *frames: dict[str, Any], **options: object) -> dict[str, Any]:
        event = {"as": user, "frames": frames, **options}
        function = stack.outputs["BackendFunction"]
        invoked = client.invoke(FunctionName=function, Payload=json.dumps(event))
        assert "FunctionError" not in invoked
        answer: dict[str, Any] = json.load(invoked["Payload"])
        return answer

    return invoke


def test_a_backend_creates_users_and_a_conversation_and_talks_in_it(
    call: Call, alice: Person, bob: Person
) -> None:
    his = bob.logs_in()
    shop = f"shop-{alice.user.user_id[:8]}"
    members = [alice.user.username, bob.user.username]
    data = {"kind": "group", "members": members, "title": "Order 17"}

    opening = {"type": "create_conversation", "data": data}
    [created] = call(shop, opening, create_users=True)["replies"]
    conversation = created["data"]["conversation_id"]
    frame = {"type": "chat_message", "conversationId": conversation, "data": {"content": "Hello"}}
    replies = call(shop, frame, {"type": "typing", "conversationId": conversation})["replies"]

    assert [each["type"] for each in replies] == ["chat_message", "ack"]
    assert his.receives("conversation_created")["data"]["title"] == "Order 17"
    assert his.receives("chat_message")["data"] == replies[0]["data"]
    assert his.receives("typing")["data"]["username"] == shop


def test_a_backend_changes_members_titles_and_messages_as_an_operator(
    call: Call, alice: Person, bob: Person, carol: Person
) -> None:
    hers = alice.logs_in()
    conversation = hers.creates(bob)
    said = hers.says("Hello", to=conversation)
    here = {"conversationId": conversation}
    given = {"reaction": "👍", "is_on": True}

    replies = call(
        carol.user.username,
        {"type": "set_title", **here, "data": {"title": "Tea"}},
        {"type": "pin_message", "messageId": said["message_id"]},
        {"type": "react", "messageId": said["message_id"], "data": given},
        {"type": "delete_message", "messageId": said["message_id"]},
        {"type": "add_members", **here, "data": {"members": [carol.user.username]}},
        {"type": "remove_member", **here, "data": {"username": bob.user.username}},
        {"type": "list_members", **here, "data": {"limit": 1}},
        {"type": "history", **here},
        {"type": "leave_conversation", **here},
        as_operator=True,
    )["replies"]

    assert [each["type"] for each in replies] == [
        "conversation_changed",
        "conversation_changed",
        "message_changed",
        "message_changed",
        "members_added",
        "member_removed",
        "members",
        "history",
        "member_removed",
    ]


def test_a_backend_signs_a_user_out(call: Call, alice: Person) -> None:
    hers = alice.logs_in()

    call(alice.user.username, {"type": "sign_out"})

    assert hers.receives("signed_out")["data"] == {"reason": "sign_out"}
    hers.is_closed_by_the_service()


def test_the_pages_program_runs_as_it_is_printed(deployment: Deployment) -> None:
    program, _ = code_blocks(DOCS / "from-a-backend.md", "python")
    stack = deployment.stack
    environment = {
        "PATH": os.environ["PATH"],
        "AWS_ENDPOINT_URL": stack.aws_url,
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
    }

    printed = [
        subprocess.run(
            python(program), env=environment, stdout=subprocess.PIPE, text=True, check=True
        ).stdout
        for _ in range(2)
    ]

    assert "'username': 'shop', 'content': 'Your order is on its way.'" in printed[0]
    assert printed[0] == printed[1]
    assert len([line for line in program.splitlines() if line]) <= 10


def test_the_command_sends_messages_and_frames(
    deployment: Deployment, alice: Person, bob: Person
) -> None:
    shell, his = Shell.at(deployment), bob.logs_in()
    conversation = alice.logs_in().creates(bob)

    sent = shell.reads("send", conversation, "Hello", "--as", alice.user.username)
    history = {"type": "history", "conversationId": conversation}
    printed = shell.does("frames", "--as", bob.user.username, answering=json.dumps(history))

    assert his.receives("chat_message")["data"] == sent
    assert json.loads(printed)["data"]["messages"] == [sent]
