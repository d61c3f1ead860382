"""Messages are stored once and in order, or their senders learn why not."""

import pytest

from clients.python.tests.support.owner import Owner, pushed
from parley_client.engine.calls import REFUSALS, SILENCES
from parley_client.errors import ParleyError
from parley_client.frames import CONTENT_BYTES, checked_content, decode, encode


def test_message_waits_for_a_connection() -> None:
    owner = Owner()
    waiting = owner.sends("hello")

    owner.comes_online()

    [frame] = owner.sent("chat_message")
    assert frame["data"] == {"content": "hello"}
    assert waiting.outcomes == []


def test_message_ends_with_the_stored_one() -> None:
    owner = Owner()
    owner.comes_online()
    waiting = owner.sends("hello")

    owner.answers(owner.sent("chat_message")[-1], "chat_message", pushed(7)["data"])

    [reply] = waiting.outcomes
    assert isinstance(reply, dict)
    assert reply["data"]["seq"] == 7


def test_message_without_an_answer_is_sent_again_on_the_next_connection_as_the_same() -> None:
    owner = Owner()
    owner.comes_online()
    owner.sends("hello", key="the same")
    owner.sent()

    owner.loses_connection()
    owner.comes_online()

    [frame] = owner.sent("chat_message")
    assert frame["clientMessageId"] == "the same"


def test_message_without_an_answer_is_sent_again_on_the_same_connection() -> None:
    owner = Owner()
    owner.comes_online()
    owner.sends("hello")
    owner.sent()

    owner.passes(15.0)

    assert len(owner.sent("chat_message")) == 2


def test_messages_of_a_conversation_are_sent_one_after_the_other() -> None:
    owner = Owner()
    owner.comes_online()
    for content in ("one", "two", "three"):
        owner.sends(content)
    owner.sends("elsewhere", to="others")

    first = [each["data"]["content"] for each in owner.sent("chat_message")]
    owner.answers(owner.sent("chat_message")[0], "chat_message", pushed(1, "one")["data"])
    then = [each["data"]["content"] for each in owner.sent("chat_message")]

    assert first == ["one", "elsewhere"]
    assert then == ["one", "elsewhere", "two"]


def test_refused_message_names_its_request_and_lets_the_next_one_go() -> None:
    owner = Owner()
    owner.comes_online()
    refused, _ = owner.sends("one"), owner.sends("two")
    [asked] = owner.sent("chat_message")

    owner.refuses(asked, "muted", {"until": "tomorrow"})

    assert (refused.code, refused.error.data) == ("muted", {"until": "tomorrow"})
    assert refused.error.request_id == asked["requestId"]
    assert owner.sent("chat_message")[-1]["data"]["content"] == "two"


def test_push_of_an_own_message_is_an_answer() -> None:
    owner = Owner()
    owner.comes_online()
    waiting = owner.sends("hello", key="mine")

    owner.comes(pushed(7, by="alice", client_message_id="mine"))

    assert waiting.code is None


def test_message_of_another_user_with_the_same_id_is_no_answer() -> None:
    owner = Owner()
    owner.comes_online()
    waiting = owner.sends("hello", key="mine")

    owner.comes(pushed(7, by="bob", client_message_id="mine"))

    assert waiting.outcomes == []


def test_cancelled_message_is_not_sent() -> None:
    owner = Owner()
    cancelled, _ = owner.sends("one"), owner.sends("two")

    owner.engine.cancel_send(cancelled.handle)
    owner.comes_online()

    assert [each["data"]["content"] for each in owner.sent("chat_message")] == ["two"]


def test_message_cancelled_on_its_way_is_not_sent_again_and_lets_the_next_one_go() -> None:
    owner = Owner()
    owner.comes_online()
    cancelled, _ = owner.sends("one"), owner.sends("two")
    [asked] = owner.sent("chat_message")

    owner.engine.cancel_send(cancelled.handle)
    owner.answers(asked, "chat_message", pushed(1, "one")["data"])
    owner.loses_connection()
    owner.comes_online()

    assert cancelled.outcomes == []
    assert [each["data"]["content"] for each in owner.sent("chat_message")] == ["two"]


def test_cancelled_messages_leave_nothing_behind() -> None:
    owner = Owner()
    owner.comes_online()
    before = owner.engine.next_at

    for number in range(200):
        owner.engine.cancel_send(owner.sends(str(number), to=f"c{number}").handle)

    assert owner.engine.next_at == before


def test_message_that_is_never_answered_ends_before_the_service_forgets_its_id() -> None:
    owner = Owner()
    owner.comes_online()
    waiting = owner.sends("hello")
    owner.loses_connection()

    owner.passes(24 * 3_600.0)

    assert waiting.code == "outcome_unknown"


def test_message_that_was_never_sent_is_known_not_to_be_stored() -> None:
    owner = Owner()
    owner.engine.start()
    waiting = owner.sends("hello")

    owner.passes(24 * 3_600.0)

    assert waiting.code == "timeout"


def test_busy_service_is_asked_again_after_the_time_it_says() -> None:
    owner = Owner()
    owner.comes_online()
    owner.sends("hello")
    owner.refuses(owner.sent("chat_message")[-1], "rate_limited", {"retry_after_seconds": 20})

    owner.passes(20.0)
    before = len(owner.sent("chat_message"))
    owner.passes(2.0)

    assert (before, len(owner.sent("chat_message"))) == (1, 2)


def test_service_that_stays_busy_is_believed() -> None:
    owner = Owner()
    owner.comes_online()
    waiting = owner.sends("hello")

    for _ in range(REFUSALS):
        owner.refuses(owner.sent("chat_message")[-1], "rate_limited")
        owner.passes(10.0)

    assert waiting.code == "rate_limited"


def test_request_that_is_never_answered_on_a_live_connection_ends() -> None:
    owner = Owner()
    owner.comes_online()
    waiting = owner.sends("hello")

    for _ in range(SILENCES * 2):
        owner.passes(7.5)

    assert waiting.code == "outcome_unknown"


def test_request_that_could_happen_twice_is_not_asked_again() -> None:
    owner = Owner()
    owner.comes_online()
    waiting = owner.calls("create_conversation", is_repeatable=False)
    owner.sent()

    owner.loses_connection()
    owner.comes_online()

    assert waiting.code == "outcome_unknown"
    assert owner.sent("create_conversation") == []


def test_request_waits_no_longer_than_its_deadline() -> None:
    owner = Owner()
    owner.engine.start()
    waiting = owner.calls("list_conversations")

    owner.passes(120.0)

    assert waiting.code == "timeout"


def test_failure_of_the_gateway_shortens_the_wait() -> None:
    owner = Owner()
    owner.comes_online()
    owner.sends("hello")
    owner.sent()

    owner.comes({"message": "Internal server error", "connectionId": "c", "requestId": "aws"})
    owner.passes(2.0)

    assert len(owner.sent("chat_message")) == 2


@pytest.mark.parametrize("content", ["", "x" * (CONTENT_BYTES + 1), "é" * CONTENT_BYTES])
def test_content_that_the_service_would_refuse_is_refused_at_once(content: str) -> None:
    with pytest.raises(ParleyError):
        checked_content(content)


def test_frame_that_would_close_the_connection_is_refused_at_once() -> None:
    owner = Owner()
    owner.comes_online()

    waiting = owner.sends("x" * 40_000)

    assert waiting.code == "too_large"


@pytest.mark.parametrize(
    ("text", "carried"),
    [("a\ud83db", "a\ufffdb"), ("\ud83d\ude00", "😀"), ("Grüße, 世界 😀", "Grüße, 世界 😀")],
)
def test_text_is_well_formed_in_every_frame(text: str, carried: str) -> None:
    assert decode(encode({"text": text})) == {"text": carried}


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '"text"', "\x00", "[" * 100_000])
def test_text_that_is_no_frame_is_ignored(text: str) -> None:
    owner = Owner()
    owner.comes_online()

    owner.comes(text)

    assert owner.engine.state == "online"
