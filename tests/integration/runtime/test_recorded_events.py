"""Every recorded event, through the function that was built for it, in Lambda's own runtime."""

import json
import re
import time
from threading import Event
from typing import Any

import pytest

from chat.push.post import Outcome
from chat.runtime.in_time import MARGIN_SECONDS
from docs.reference.events import CONNECTIONS, Case, cases
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

STATUSES = {
    "connect": 200,
    "connect_from_a_page": 200,
    "disconnect": 200,
    "disconnect_abrupt": 200,
    "disconnect_unauthenticated": 200,
}
# The number of messages to retry, and the pushes.
QUEUES: dict[str, tuple[int, Pushes]] = {
    "greet": (0, {UNAUTHENTICATED: ["connected", "auth_required"]}),
    "greet_in_a_batch": (1, {ALICE: ["connected"]}),
    "auth_deadline": (0, {UNAUTHENTICATED: ["error"]}),
    "auth_deadline_authenticated": (0, {}),
    "delete_files": (0, {}),
    "notify": (0, {}),
    "presence": (0, {}),
    "fanout": (0, {BOB: ["chat_message"], CAROL: ["chat_message"]}),
    "relay_events": (0, {}),
    "relay_events_sweep": (0, {}),
}


def request_id_of(text: str) -> str | None:
    found = re.search(r'"requestId":"(.*?)"', text)
    return found and found[1]


def pushed(simulation: Simulation) -> Pushes:
    received = simulation.sockets.received.items()
    return {connection: [each["type"] for each in frames] for connection, frames in received}


@pytest.mark.parametrize(("name", "case"), cases().items(), ids=cases().keys())
def test_a_recorded_frame_is_answered_and_pushed_to_the_connections_that_its_case_names(
    functions: BuiltFunctions, simulation: Simulation, name: str, case: Case
) -> None:
    answer = functions[function_of(name)].invoke(EVENTS[name])

    assert answer["statusCode"] == 200
    reply: dict[str, Any] = json.loads(answer.get("body", "{}"))
    assert (reply.get("type"), reply.get("code")) == (case.reply, case.code), reply
    assert reply.get("requestId") == request_id_of(case.frame)
    assert pushed(simulation) == {
        CONNECTIONS[person]: [type_] for type_, people in case.pushed.items() for person in people
    }


@pytest.mark.parametrize(("name", "status"), STATUSES.items(), ids=STATUSES.keys())
def test_recorded_connect_and_disconnect_return_a_status(
    functions: BuiltFunctions, simulation: Simulation, name: str, status: int
) -> None:
    answer = functions[function_of(name)].invoke(EVENTS[name])

    assert answer == {"statusCode": status}
    assert pushed(simulation) == {}


@pytest.mark.parametrize(("name", "expected"), QUEUES.items(), ids=QUEUES.keys())
def test_recorded_batch_reports_only_failed_messages(
    functions: BuiltFunctions, simulation: Simulation, name: str, expected: tuple[int, Pushes]
) -> None:
    # As long as `notify` may run, which begins nothing that it may not end.
    answer = functions[function_of(name)].invoke(EVENTS[name], 120)

    failed, pushes = expected
    assert len(answer["batchItemFailures"]) == failed
    assert pushed(simulation) == pushes


def test_a_recorded_rotation_is_carried_out(
    functions: BuiltFunctions,
    simulation: Simulation,  # noqa: ARG001 -- for its secrets
) -> None:
    answer = functions["rotate_signing_key"].invoke(EVENTS["rotate_signing_key"])

    assert answer is None


def test_a_recorded_call_of_a_backend_is_answered_and_pushed(
    functions: BuiltFunctions, simulation: Simulation
) -> None:
    answer = functions["backend"].invoke(EVENTS["backend"])

    assert [each["type"] for each in answer["replies"]] == ["chat_message", "conversation_changed"]
    both = ["chat_message", "conversation_changed"]
    assert pushed(simulation) == {ALICE: both, BOB: both, CAROL: both}


def test_a_recorded_call_for_an_unknown_user_is_answered_with_an_error(
    functions: BuiltFunctions, simulation: Simulation
) -> None:
    answer = functions["backend"].invoke(EVENTS["backend_unknown_user"])

    assert (answer["code"], answer["data"]) == ("bad_request", {"field": "as"})
    assert pushed(simulation) == {}


def test_internal_error_carries_the_invocations_reference(
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
def test_function_answers_in_time_though_pushes_hang(
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


def test_expectations_cover_every_recorded_event() -> None:
    others = {"rotate_signing_key", "backend", "backend_unknown_user"}

    assert cases().keys() | STATUSES.keys() | QUEUES.keys() | others == EVENTS.keys()


def test_every_function_has_an_event() -> None:
    assert {function_of(name) for name in EVENTS} == FUNCTIONS
