"""A lost connection is noticed, and another one opened after a backoff."""

from hypothesis import given, settings
from hypothesis import strategies as st

from clients.python.tests.support.owner import Owner
from parley_client.engine.effects import Open
from parley_client.errors import ParleyError
from parley_client.timing import Timing


def opened(owner: Owner) -> int:
    owner.takes()
    return sum(isinstance(each, Open) for each in owner.effects)


def test_backoff_doubles_up_to_its_cap() -> None:
    owner = Owner(random=lambda: 0.999)
    owner.engine.start()
    delays = []

    for _ in range(8):
        owner.loses_connection()
        at = owner.engine.next_at
        assert at is not None
        delays.append(round(at - owner.now))
        owner.passes(at - owner.now)

    assert delays == [1, 2, 4, 8, 16, 30, 30, 30]


@settings(deadline=None)
@given(st.integers(0, 10_000), st.floats(0, 1, exclude_max=True))
def test_delay_is_never_above_the_cap(attempt: int, drawn: float) -> None:
    assert 0 <= Timing().backoff(attempt, lambda: drawn) <= 30


def test_connection_that_held_begins_the_backoff_again() -> None:
    owner = Owner(random=lambda: 0.999)
    owner.engine.start()
    for _ in range(6):
        owner.loses_connection()
        owner.passes(30.0)
    owner.opens()
    owner.signs_in()

    owner.passes(5.0)
    owner.loses_connection()

    assert owner.engine.next_at is not None
    assert owner.engine.next_at - owner.now < 1.0


def test_connection_that_did_not_hold_does_not() -> None:
    owner = Owner(random=lambda: 0.999)
    owner.engine.start()
    for _ in range(6):
        owner.loses_connection()
        owner.passes(30.0)
    owner.opens()
    owner.signs_in()

    owner.passes(4.0)
    owner.loses_connection()

    assert owner.engine.next_at is not None
    assert owner.engine.next_at - owner.now > 20.0


def test_socket_that_does_not_open_is_given_up() -> None:
    owner = Owner()
    owner.engine.start()

    owner.passes(11.0)

    assert owner.closed() == [1]
    assert opened(owner) == 2


def test_report_of_an_earlier_connection_counts_for_nothing() -> None:
    owner = Owner()
    owner.comes_online()
    owner.loses_connection()
    owner.comes_online()

    owner.engine.lost(1)
    owner.engine.received(1, '{"type": "signed_out"}')
    owner.engine.opened(1)

    assert owner.engine.state == "online"
    assert len(owner.sent("authenticate")) == 1


def test_connection_on_which_nothing_arrives_is_dead() -> None:
    owner = Owner()
    owner.comes_online()
    owner.answers_heartbeats = False

    owner.passes(30.0 + 10.0)

    assert owner.engine.state == "offline"


def test_connection_on_which_only_heartbeats_stay_unanswered_is_dead_a_little_later() -> None:
    owner = Owner()
    owner.comes_online()
    owner.answers_heartbeats = False

    owner.passes(30.0)
    owner.comes({"type": "typing", "data": {}})
    owner.passes(10.0)
    after_one = owner.engine.state
    owner.comes({"type": "typing", "data": {}})
    owner.passes(10.0)

    assert (after_one, owner.engine.state) == ("online", "offline")


def test_unanswered_request_asks_for_a_heartbeat_at_once() -> None:
    owner = Owner()
    owner.comes_online()
    before = len(owner.sent("heartbeat"))
    owner.calls("list_conversations")

    owner.passes(15.0)

    assert len(owner.sent("heartbeat")) == before + 1


def test_service_says_how_often_a_heartbeat_is_due() -> None:
    owner = Owner()
    owner.engine.start()
    owner.opens()
    owner.comes({"type": "connected", "data": {"protocol": 1, "heartbeat_seconds": 5}})
    owner.signs_in()

    owner.passes(11.0)

    assert len(owner.sent("heartbeat")) == 3


def test_heartbeats_name_any_number_of_conversations() -> None:
    owner = Owner()
    for number in range(250):
        owner.follows(after=number, conversation_id=f"c{number}")

    owner.comes_online()

    beats = [each["data"] for each in owner.sent("heartbeat")]
    assert [len(each["positions"]) for each in beats] == [100, 100, 50]
    assert [each.get("inbox") for each in beats] == [0, None, None]


def test_changed_list_of_conversations_is_noticed_once() -> None:
    owner = Owner()
    owner.answers_heartbeats = False
    owner.comes_online()
    owner.answers(owner.sent("heartbeat")[-1], "heartbeat_ack", {"behind": {}, "inbox": 8})
    owner.passes(30.0)

    [_, second] = owner.sent("heartbeat")
    owner.answers(second, "heartbeat_ack", {"behind": {}})

    assert second["data"]["inbox"] == 8
    assert owner.list_changes == 1


def test_created_conversation_changes_the_list() -> None:
    owner = Owner()
    owner.comes_online()

    owner.comes({"type": "conversation_created", "data": {}})

    assert owner.list_changes == 1


def test_notice_without_a_connection_is_not_sent_later() -> None:
    owner = Owner()
    owner.engine.start()

    owner.engine.notify({"type": "typing", "conversationId": "general"})
    owner.comes_online()

    assert owner.sent("typing") == []


def test_closed_chat_wants_nothing_more() -> None:
    owner = Owner()
    owner.comes_online()
    waiting = owner.calls("list_conversations")

    owner.engine.end(ParleyError("closed", "The chat was closed."))
    owner.engine.end(ParleyError("closed", "The chat was closed."))
    owner.passes(3_600.0)

    assert waiting.code == "closed"
    assert owner.engine.next_at is None
    assert opened(owner) == 1
