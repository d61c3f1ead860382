"""Any text that a client sends is answered or ignored: no internal error, no lost connection.

Past findings are in the corpus, and are sent first.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from moto import mock_aws

from chat.actions.limits import Limits
from chat.protocol.errors import ErrorCode
from testing.invariants import check_invariants
from testing.people import Client, Person
from testing.simulation import REGION, Simulation
from tests.property.past_findings import Finding, read_findings

ANY_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=70)
    | st.sampled_from(["", "general", "text", "\x00", "\U0001f642" * 64, "x" * 200]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)


def frames(conversation: str) -> list[dict[str, Any]]:
    """A valid frame of every type, except those that would end the session."""
    return [
        {"type": "authenticate", "data": {"username": "alice", "password": "wrong"}},
        {"type": "authenticate", "data": {"token": "a.b.c"}},
        {
            "type": "chat_message",
            "requestId": "r",
            "conversationId": conversation,
            "clientMessageId": "c",
            "data": {"content": "Hello", "type": "text"},
        },
        {"type": "typing", "conversationId": conversation, "data": {"is_typing": True}},
        {"type": "read_receipt", "messageId": f"{conversation}:1"},
        {"type": "history", "conversationId": conversation, "data": {"after_seq": 0, "limit": 5}},
        {"type": "history", "conversationId": conversation, "data": {"before_seq": 9}},
        {"type": "heartbeat", "data": {"positions": {conversation: 0}}},
        {
            "type": "create_conversation",
            "data": {"kind": "group", "title": "T", "members": ["bob"]},
        },
        {"type": "add_members", "conversationId": conversation, "data": {"members": ["bob"]}},
        {"type": "remove_member", "conversationId": conversation, "data": {"username": "carol"}},
        {"type": "leave_conversation", "conversationId": "none"},
        {"type": "list_conversations", "data": {"cursor": "x", "limit": 5}},
        {"type": "list_members", "conversationId": conversation, "data": {"limit": 5}},
    ]


def places(value: object) -> Iterator[list[str]]:
    """Give the path of every value in a frame, its own fields first."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield [name]
            yield from ([name, *way] for way in places(inner))


def changed(frame: dict[str, Any], way: list[str], value: object) -> dict[str, Any]:
    name, *rest = way
    return frame | {name: changed(frame[name], rest, value) if rest else value}


@pytest.fixture(scope="module")
def hers() -> Iterator[Client]:
    with mock_aws(), pytest.MonkeyPatch.context() as environment:
        for variable in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            environment.setenv(variable, "testing")
        environment.setenv("AWS_DEFAULT_REGION", REGION)
        simulation = Simulation()
        often = [name for name in Limits.__struct_fields__ if name.endswith("_per_minute")]
        simulation.services = simulation.with_limits(**dict.fromkeys(often, 10**9))
        alice, bob = Person(simulation, "alice"), Person(simulation, "bob")
        client = alice.logs_in()
        client.says("Hello", to=client.creates(bob))
        yield client


@pytest.fixture(scope="module")
def conversation(hers: Client) -> str:
    items = hers.sends("list_conversations")["data"]["items"]
    conversation_id: str = items[0]["conversation_id"]
    return conversation_id


def check(client: Client, text: str) -> dict[str, Any] | None:
    """Check that a frame is answered and the connection lives; returns the answer."""
    before = client.simulation.metrics.get("Internal", 0)

    reply = client.simulation.send(client.connection_id, text)

    assert reply is None or reply.get("code") != ErrorCode.INTERNAL, (text, reply)
    assert client.simulation.metrics.get("Internal", 0) == before
    assert client.sends("heartbeat")["type"] == "heartbeat_ack"
    return reply


FINDINGS = read_findings()


@pytest.mark.parametrize("finding", FINDINGS.values(), ids=FINDINGS.keys())
def test_a_past_finding_is_answered(hers: Client, conversation: str, finding: Finding) -> None:
    reply = check(hers, finding.frame(conversation, hers.user.username))

    assert reply is not None
    assert reply.get("code", reply["type"]) == finding.answer


FUZZ = settings(
    deadline=None,
    max_examples=100,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@FUZZ
@given(st.text(max_size=200) | st.binary(max_size=200).map(lambda b: b.decode("utf-8", "replace")))
def test_any_text_is_answered(hers: Client, text: str) -> None:
    check(hers, text)


@FUZZ
@given(st.data())
def test_any_value_of_any_field_is_answered(
    hers: Client, conversation: str, data: st.DataObject
) -> None:
    frame = data.draw(st.sampled_from(frames(conversation)))
    way = data.draw(st.sampled_from([way for way in places(frame) if way != ["type"]]))

    check(hers, json.dumps(changed(frame, way, data.draw(ANY_JSON))))


@FUZZ
@given(st.data(), ANY_JSON)
def test_unknown_fields_change_nothing(
    hers: Client, conversation: str, data: st.DataObject, extra: object
) -> None:
    frame = {"type": "typing", "conversationId": conversation, "data": {"is_typing": False}}
    way = data.draw(st.sampled_from([["surprise"], ["data", "surprise"]]))

    reply = hers.simulation.send(hers.connection_id, json.dumps(changed(frame, way, extra)))

    assert reply is None


def test_tables_stay_consistent_after_generated_frames(hers: Client) -> None:
    hers.sends("heartbeat")

    check_invariants(hers.simulation)
