"""Every recorded event, through the function that was built for it, in Lambda's own runtime."""

import json
import time
from threading import Event
from typing import Any, NamedTuple

import pytest

from chat.push.outcome import Outcome
from chat.runtime.in_time import MARGIN_SECONDS
from testing.simulation import Simulation
from tests.integration.runtime.built_functions import BuiltFunctions
from tests.integration.runtime.recorded import (
    ALICE,
    BOB,
    CAROL,
    EVENTS,
    FUNCTIONS,
    UNAUTHENTICATED,
    function_of,
)

type Pushes = dict[str, list[str]]

REPLY_TO = "r-1"


class Expected(NamedTuple):
    """What a frame leads to: the reply's type and code, and the types of what is pushed to whom."""

    reply: str | None
    code: str | None
    pushes: Pushes


def replied(reply: str | None, pushes: Pushes | None = None) -> Expected:
    return Expected(reply, None, pushes or {})


def error(code: str) -> Expected:
    return Expected("error", code, {})


def auth_error(code: str) -> Expected:
    return Expected("auth_error", code, {})


def told(type_: str, *connections: str) -> Pushes:
    return {connection: [type_] for connection in connections}


FRAMES = {
    "default": error("unknown_type"),
    "default_not_an_object": error("bad_request"),
    "default_not_json": error("bad_request"),
    "default_without_type": error("bad_request"),
    "authenticate": replied("auth_success"),
    "authenticate_again": replied("auth_success"),
    "authenticate_as_another": auth_error("already_authenticated"),
    "authenticate_bad_request": auth_error("bad_request"),
    "authenticate_expired_token": auth_error("token_expired"),
    "authenticate_invalid_token": auth_error("invalid_token"),
    "authenticate_token": replied("auth_success"),
    "authenticate_unknown_user": auth_error("invalid_credentials"),
    "authenticate_wrong_password": auth_error("invalid_credentials"),
    "chat_message": replied("chat_message", told("chat_message", BOB, CAROL)),
    "chat_message_bad_request": error("bad_request"),
    "chat_message_bare": replied("chat_message", told("chat_message", ALICE, CAROL)),
    "chat_message_not_a_member": error("not_a_member"),
    "chat_message_not_authenticated": error("not_authenticated"),
    "chat_message_retried": replied("chat_message", told("chat_message", BOB, CAROL)),
    "chat_message_session_over": error("auth_expired"),
    "chat_message_too_large": error("too_large"),
    "typing": replied(None, told("typing", BOB, CAROL)),
    "typing_bad_request": error("bad_request"),
    "typing_ended": replied("ack", told("typing", BOB, CAROL)),
    "read_receipt": replied("ack", told("read_receipt", ALICE, CAROL)),
    "read_receipt_of_no_message": error("not_a_member"),
    "history": replied("history"),
    "history_after": replied("history"),
    "history_bad_request": error("bad_request"),
    "history_before": replied("history"),
    "heartbeat": replied("heartbeat_ack"),
    "heartbeat_bad_request": error("bad_request"),
    "heartbeat_positions": replied("heartbeat_ack"),
    "create_conversation": replied("conversation_created", told("conversation_created", BOB)),
    "create_conversation_direct": replied(
        "conversation_created", told("conversation_created", BOB)
    ),
    "create_conversation_with_nobody": error("bad_request"),
    "add_members": replied("members_added", told("members_added", BOB, CAROL)),
    "add_members_forbidden": error("forbidden"),
    "remove_member": replied("member_removed", told("member_removed", BOB, CAROL)),
    "remove_member_forbidden": error("forbidden"),
    "remove_member_not_there": error("conflict"),
    "leave_conversation": replied("member_removed", told("member_removed", BOB, CAROL)),
    "list_conversations": replied("conversations"),
    "list_conversations_forged_cursor": error("bad_request"),
    "list_members": replied("members"),
    "sign_out": replied("signed_out"),
}
CONNECTIONS = {
    "connect": 200,
    "connect_from_a_page": 200,
    "disconnect": 200,
    "disconnect_abrupt": 200,
    "disconnect_unauthenticated": 200,
}
# How many messages of the batch come again, and what is pushed.
QUEUES: dict[str, tuple[int, Pushes]] = {
    "greet": (0, {UNAUTHENTICATED: ["connected", "auth_required"]}),
    "greet_in_a_batch": (1, {ALICE: ["connected"]}),
    "auth_deadline": (0, {UNAUTHENTICATED: ["error"]}),
    "auth_deadline_authenticated": (0, {}),
    "fanout": (0, {BOB: ["chat_message"], CAROL: ["chat_message"]}),
}


def pushed(simulation: Simulation) -> Pushes:
    received = simulation.sockets.received.items()
    return {connection: [each["type"] for each in frames] for connection, frames in received}


@pytest.mark.parametrize(("name", "expected"), FRAMES.items(), ids=FRAMES.keys())
def test_a_recorded_frame_is_answered_and_told_to_whom_it_concerns(
    functions: BuiltFunctions, simulation: Simulation, name: str, expected: Expected
) -> None:
    answer = functions[function_of(name)].invoke(EVENTS[name])

    assert answer["statusCode"] == 200
    reply: dict[str, Any] = json.loads(answer.get("body", "{}"))
    assert (reply.get("type"), reply.get("code")) == (expected.reply, expected.code), reply
    is_asked_for = REPLY_TO in EVENTS[name]["body"]
    assert reply.get("requestId") == (REPLY_TO if is_asked_for else None)
    assert pushed(simulation) == expected.pushes


@pytest.mark.parametrize(("name", "status"), CONNECTIONS.items(), ids=CONNECTIONS.keys())
def test_a_recorded_opening_or_closing_is_answered_with_a_status_alone(
    functions: BuiltFunctions, simulation: Simulation, name: str, status: int
) -> None:
    answer = functions[function_of(name)].invoke(EVENTS[name])

    assert answer == {"statusCode": status}
    assert pushed(simulation) == {}


@pytest.mark.parametrize(("name", "expected"), QUEUES.items(), ids=QUEUES.keys())
def test_a_recorded_batch_is_taken_but_for_what_failed(
    functions: BuiltFunctions, simulation: Simulation, name: str, expected: tuple[int, Pushes]
) -> None:
    answer = functions[function_of(name)].invoke(EVENTS[name])

    failed, pushes = expected
    assert len(answer["batchItemFailures"]) == failed
    assert pushed(simulation) == pushes


def test_a_recorded_rotation_is_carried_out(
    functions: BuiltFunctions,
    simulation: Simulation,  # noqa: ARG001 -- for its secrets
) -> None:
    answer = functions["rotate_signing_key"].invoke(EVENTS["rotate_signing_key"])

    assert answer is None


def test_a_fault_is_told_as_internal_by_the_reference_of_its_invocation(
    functions: BuiltFunctions, simulation: Simulation
) -> None:
    simulation.dynamodb.delete_table(TableName="RosterTable")

    answer = functions["typing"].invoke(EVENTS["typing"])

    reply = json.loads(answer["body"])
    assert (reply["type"], reply["code"]) == ("error", "internal")
    assert reply["data"] == {"reference": functions["typing"].last_invocation}
    assert "Roster" not in reply["message"]


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("chat_message", {"statusCode": 200}),
        ("fanout", {"batchItemFailures": []}),
    ],
)
def test_a_function_answers_in_its_time_though_pushes_hang(
    name: str, answer: dict[str, Any], functions: BuiltFunctions, simulation: Simulation
) -> None:
    seconds = MARGIN_SECONDS + 1.0
    answered = Event()
    simulation.sockets.fault = lambda _: Outcome.FAILED if answered.wait(timeout=20) else None
    began = time.monotonic()

    given = functions[name].invoke(EVENTS[name], seconds)

    took = time.monotonic() - began
    answered.set()
    assert given.items() >= answer.items()
    assert took < seconds


def test_what_is_expected_is_what_is_recorded() -> None:
    expected = FRAMES.keys() | CONNECTIONS.keys() | QUEUES.keys() | {"rotate_signing_key"}

    assert expected == EVENTS.keys()


def test_every_function_has_an_event() -> None:
    assert {function_of(name) for name in EVENTS} == FUNCTIONS
