"""The logs of a running stack, searched for messages, passwords and tokens."""

import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from testing.live.people import PASSWORD, PATIENCE_SECONDS, Client, Deployment, Person

LOOKS_A_SECOND = 5


@pytest.fixture
def mark() -> str:
    return f"marked-{uuid.uuid4().hex}"


def logged(deployment: Deployment) -> Iterator[str]:
    """Give every line that functions logged, and what the emulator and the gateway did."""
    stack = deployment.stack
    logs = stack.session.client("logs", endpoint_url=stack.aws_url)
    for group in logs.describe_log_groups()["logGroups"]:
        pages = logs.get_paginator("filter_log_events").paginate(logGroupName=group["logGroupName"])
        yield from (event["message"] for page in pages for event in page["events"])
    data: Path = stack.options.data
    yield from (path.read_text() for path in data.rglob("*.log") if "tmp" not in path.parts)


def wait_for_log(deployment: Deployment, text: str) -> str:
    """Wait until a text is logged, and with it whatever was logged before; the whole log."""
    for _ in range(round(PATIENCE_SECONDS * LOOKS_A_SECOND)):
        log = "\n".join(logged(deployment))
        if text in log:
            return log
        time.sleep(1 / LOOKS_A_SECOND)
    raise AssertionError(f"{text} was never logged")


def say_and_fail(hers: Client, conversation: str, mark: str) -> None:
    hers.says(mark, to=conversation, clientMessageId=mark)
    hers.sends("authenticate", data={"token": hers.token})
    for refused in ({"username": mark, "password": mark}, {"token": mark}):
        assert hers.sends("authenticate", data=refused)["type"] == "auth_error"
    hers.is_rejected("not_a_member", "chat_message", conversationId=mark, data={"content": mark})
    too_long = {"content": mark * 500}
    hers.is_rejected("too_large", "chat_message", conversationId=conversation, data=too_long)


def test_no_log_of_the_stack_contains_messages_passwords_or_tokens(
    deployment: Deployment, alice: Person, bob: Person, mark: str
) -> None:
    hers = alice.logs_in()
    say_and_fail(hers, hers.creates(bob), mark)
    connection_id = deployment.connection_id_of(hers)

    log = wait_for_log(deployment, connection_id)

    for secret in (mark, PASSWORD, hers.token, "argon2id"):
        assert secret not in log
