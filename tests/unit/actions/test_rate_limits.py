"""How often a minute one connection may send messages, typing and read receipts."""

from collections.abc import Callable
from itertools import cycle
from typing import Literal

import pytest
from msgspec.structs import replace

from chat.protocol.ids import ConnectionId, ConversationId
from chat.storage.roster import read_roster
from chat.storage.roster_changes import delete_entries, throttle
from testing.group import stored
from testing.people import Client, Person
from testing.simulation import ALWAYS, NEVER, Simulation
from testing.sockets import Frame
from testing.steps import Step

type Kind = Literal["messages", "typing", "receipts"]

KINDS: tuple[Kind, ...] = ("messages", "typing", "receipts")
FEW = {"messages_per_minute": 3, "typing_per_minute": 3, "receipts_per_minute": 3}

each_kind = pytest.mark.parametrize("kind", KINDS)


@pytest.fixture
def hers(alice: Person) -> Client:
    return alice.logs_in()


@pytest.fixture
def conversation(hers: Client, bob: Person) -> str:
    """Give a group of two with one message."""
    group = hers.creates(bob)
    hers.says("one", to=group)
    return group


def frame(kind: Kind, conversation: str) -> Frame:
    match kind:
        case "messages":
            return {"type": "chat_message", "data": {"content": "x"}} | _in(conversation)
        case "typing":
            return {"type": "typing"} | _in(conversation)
        case "receipts":
            return {"type": "read_receipt", "messageId": f"{conversation}:1"}


def _in(conversation: str) -> Frame:
    return {"conversationId": conversation}


def send(client: Client, kind: Kind, conversation: str, times: int = 1) -> list[str]:
    """Send a frame so often; returns the code or type of each reply."""
    text = frame(kind, conversation) | {"requestId": "r"}
    replies = [client.simulation.send(client.connection_id, text) or {} for _ in range(times)]
    return [str(reply.get("code", reply["type"])) for reply in replies]


def accepted(kind: Kind) -> str:
    return "chat_message" if kind == "messages" else "ack"


def exhaust(client: Client, kind: Kind, conversation: str) -> None:
    """Lower the limits, and send one frame more than they allow."""
    client.simulation.services = client.simulation.with_limits(**FEW)
    assert send(client, kind, conversation, 4)[-1] == "rate_limited"


def requests(simulation: Simulation, act: Callable[[], object]) -> list[str]:
    """Run something, and list its requests to the tables."""
    names: list[str] = []

    def note(step: Step) -> None:
        if step.is_request:
            names.append(step.name)

    with simulation.steps.observing(simulation.dynamodb, before=note):
        act()
    return names


# Limits that count every frame.


@each_kind
def test_sends_per_minute_are_limited(hers: Client, conversation: str, kind: Kind) -> None:
    hers.simulation.services = hers.simulation.with_limits(**FEW)

    replies = send(hers, kind, conversation, 5)

    assert replies == [accepted(kind)] * 3 + ["rate_limited"] * 2


@each_kind
def test_rate_limited_reply_says_when_the_minute_ends(
    hers: Client, conversation: str, kind: Kind
) -> None:
    exhaust(hers, kind, conversation)

    refused = hers.simulation.send(hers.connection_id, frame(kind, conversation)) or {}

    # It is 14 seconds past the minute.
    assert refused["data"] == {"retry_after_seconds": 46}


@each_kind
def test_connection_may_send_again_after_the_minute(
    hers: Client, conversation: str, kind: Kind
) -> None:
    exhaust(hers, kind, conversation)

    hers.simulation.advance_time(seconds=46)

    assert send(hers, kind, conversation) == [accepted(kind)]


def test_rate_limited_message_is_neither_stored_nor_pushed(
    hers: Client, conversation: str, bob: Person
) -> None:
    his = bob.logs_in()
    exhaust(hers, "messages", conversation)
    his.discards_received()
    before = stored()

    send(hers, "messages", conversation)

    assert stored() == before
    his.receives_nothing()


def test_rate_limited_message_is_stored_when_sent_again(hers: Client, conversation: str) -> None:
    exhaust(hers, "messages", conversation)
    late = frame("messages", conversation) | {"clientMessageId": "1"}
    hers.simulation.send(hers.connection_id, late)
    hers.simulation.advance_time(seconds=46)

    reply = hers.simulation.send(hers.connection_id, late)

    assert reply
    assert reply["data"]["seq"] == 5


# Limits that count a sample of the frames.


@each_kind
def test_connection_below_the_sample_count_is_never_limited(
    hers: Client, conversation: str, kind: Kind
) -> None:
    hers.simulation.services = hers.simulation.with_limits(**dict.fromkeys(FEW, 60))
    hers.simulation.random = ALWAYS

    replies = send(hers, kind, conversation, 20)

    assert set(replies) == {accepted(kind)}


def test_sampled_frame_counts_for_its_share(hers: Client, conversation: str) -> None:
    chances = cycle([NEVER, 1 / 3, 0.333])  # of a third, only the last
    hers.simulation.services = replace(
        hers.simulation.with_limits(typing_per_minute=60), random=lambda: next(chances)
    )

    replies = send(hers, "typing", conversation, 64)

    assert replies == ["ack"] * 62 + ["rate_limited"] * 2


@each_kind
def test_frame_outside_the_sample_makes_no_extra_request(
    hers: Client, conversation: str, kind: Kind
) -> None:
    hers.simulation.services = hers.simulation.with_limits(**dict.fromkeys(FEW, 60))
    send(hers, kind, conversation)

    asked = requests(hers.simulation, lambda: send(hers, kind, conversation))

    assert asked.count("UpdateItem") == {"messages": 1, "typing": 0, "receipts": 1}[kind]


# Throttling.


@each_kind
def test_throttled_connection_is_rejected_by_one_read(
    hers: Client, conversation: str, kind: Kind
) -> None:
    exhaust(hers, kind, conversation)
    hers.simulation.services = hers.simulation.with_limits(**dict.fromkeys(FEW, 60))

    asked = requests(hers.simulation, lambda: send(hers, kind, conversation))

    assert asked == ["Query"]


def test_throttling_is_counted_once_in_the_metrics(hers: Client, conversation: str) -> None:
    exhaust(hers, "typing", conversation)

    send(hers, "typing", conversation, 3)

    assert hers.simulation.metrics["Throttled"] == 1


@each_kind
def test_other_kinds_of_frames_are_not_throttled(
    hers: Client, conversation: str, kind: Kind
) -> None:
    exhaust(hers, kind, conversation)

    others = [send(hers, other, conversation) for other in KINDS if other != kind]

    assert "rate_limited" not in str(others)


@each_kind
def test_other_connections_of_the_user_are_not_throttled(
    hers: Client, alice: Person, conversation: str, kind: Kind
) -> None:
    her_phone = alice.logs_in()
    exhaust(hers, kind, conversation)

    replies = send(her_phone, kind, conversation)

    assert replies == [accepted(kind)]


def test_count_spans_conversations(hers: Client, conversation: str, bob: Person) -> None:
    other = hers.creates(bob)
    exhaust(hers, "typing", conversation)

    replies = send(hers, "typing", other)

    assert replies == ["rate_limited"]


def test_authenticating_again_clears_the_mark_but_not_the_count(
    hers: Client, conversation: str
) -> None:
    exhaust(hers, "typing", conversation)

    hers.sends("authenticate", data={"token": hers.token})

    assert hold(hers.connection_id, conversation) == {}
    assert send(hers, "typing", conversation) == ["rate_limited"]


def test_rate_limited_outsider_is_not_put_on_the_roster(
    hers: Client, carol: Person, conversation: str
) -> None:
    outsider = carol.logs_in()
    outsider.simulation.services = outsider.simulation.with_limits(**FEW)

    replies = send(outsider, "typing", conversation, 4)

    assert replies == ["not_a_member"] * 3 + ["rate_limited"]
    roster = read_roster(ConversationId(conversation), hers.simulation.now_ms)
    assert set(roster.entries) == {hers.connection_id}


def test_throttling_creates_no_row_for_a_connection_off_the_roster(
    hers: Client, conversation: str
) -> None:
    delete_entries([ConversationId(conversation)], [hers.connection_id])

    throttle(ConversationId(conversation), hers.connection_id, "typing", hers.simulation.now_ms + 1)

    assert read_roster(ConversationId(conversation), hers.simulation.now_ms).entries == {}


def hold(connection_id: ConnectionId, conversation: str) -> dict[Kind, int]:
    entry = read_roster(ConversationId(conversation), 0).find(connection_id)
    assert entry is not None
    return entry.throttled_until
