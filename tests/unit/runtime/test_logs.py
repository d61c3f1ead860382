"""What is said, and what proves who somebody is, appears in no log."""

import logging
from collections.abc import Callable
from io import StringIO

import pytest

from tests.world.between import before
from tests.world.people import Client, Person
from tests.world.world import PASSWORD_OF_ALL, World

SAID = "marked-content"
GUESSED = "marked-guess"


@pytest.fixture
def hers(alice: Person, bob: Person) -> Client:  # noqa: ARG001 -- bob is to be there
    return alice.arrives()


def succeed(hers: Client) -> None:
    conversation = hers.creates(title=SAID)
    hers.says(SAID, to=conversation, clientMessageId=SAID)
    hers.sends("history", conversationId=conversation)
    hers.sends("list_conversations")
    hers.sends("authenticate", data={"token": hers.token})


def be_refused(hers: Client) -> None:
    conversation = hers.creates()
    for frame in (
        {"conversationId": "none", "data": {"content": SAID}},
        {"conversationId": conversation, "data": {"content": SAID * 1_500}},
        {"conversationId": conversation, "data": {"content": [SAID]}},
        {"conversationId": conversation, "data": {"content": "x", "type": SAID.upper()}},
        {"conversationId": [SAID]},
    ):
        assert hers.sends("chat_message", **frame)["type"] == "error"
    for data in (
        {"username": "alice", "password": GUESSED},
        {"username": GUESSED, "password": GUESSED},
        {"token": GUESSED},
        {"token": hers.token + GUESSED},
        {"token": [GUESSED]},
        {"password": GUESSED},
    ):
        assert hers.sends("authenticate", data=data)["type"] == "auth_error"


def send_what_is_no_frame(hers: Client) -> None:
    for text in (SAID, f'["{SAID}"]', f'{{"type":"{SAID}"}}', f'{{"type":"heartbeat","x":"{SAID}'):
        hers.world.send(hers.connection_id, text)


def fail(hers: Client) -> None:
    """Let every frame meet a fault of the service's own, before each of its requests."""
    conversation = hers.creates()

    def break_down() -> None:
        raise LookupError("a table is on fire")

    message = {"conversationId": conversation, "data": {"content": SAID}, "clientMessageId": SAID}
    password = {"data": {"username": "alice", "password": PASSWORD_OF_ALL}}
    for operation, type_, frame in (
        ("Query", "chat_message", message),
        ("UpdateItem", "chat_message", message),
        ("TransactWriteItems", "chat_message", message),
        ("GetItem", "authenticate", password),
        ("GetItem", "authenticate", {"data": {"token": hers.token}}),
        ("TransactWriteItems", "authenticate", password),
    ):
        with before(hers.world, operation, break_down):
            assert hers.sends(type_, **frame)["code"] == "internal"


@pytest.mark.parametrize("happens", [succeed, be_refused, send_what_is_no_frame, fail])
def test_no_log_carries_what_was_said_or_what_proves_who_somebody_is(
    hers: Client,
    happens: Callable[[Client], None],
    log: StringIO,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.INFO)

    happens(hers)

    written = log.getvalue() + caplog.text + "".join(capsys.readouterr())
    for secret in (SAID, SAID.upper(), GUESSED, PASSWORD_OF_ALL, hers.token, "argon2id"):
        assert secret not in written


def test_faults_are_in_the_log_that_was_searched(hers: Client, log: StringIO) -> None:
    fail(hers)

    assert log.getvalue().count("a table is on fire") >= 6


def test_an_unknown_username_is_not_logged_either(world: World, log: StringIO) -> None:
    connection_id = world.connect()

    world.send(
        connection_id,
        {"type": "authenticate", "data": {"username": PASSWORD_OF_ALL, "password": GUESSED}},
    )

    assert "refused" in log.getvalue()
    assert PASSWORD_OF_ALL not in log.getvalue()
