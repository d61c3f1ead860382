import pytest

from chat.protocol.ids import ConversationId, MessageId, find_message_key, message_id


@pytest.mark.parametrize("conversation", ["c", "a:b", "direct-0a", ":"])
@pytest.mark.parametrize("seq", [1, 42, 999_999_999_999_999])
def test_message_id_round_trips(conversation: str, seq: int) -> None:
    name = message_id(ConversationId(conversation), seq)

    assert find_message_key(name) == (conversation, seq)


@pytest.mark.parametrize(
    "name",
    ["", "c", "c:", ":1", "c:-1", "c:+1", "c: 1", "c:1.0", "c:1e3", "c:²", "c:٣", "c:" + "9" * 16],
)
def test_malformed_message_id_is_rejected(name: str) -> None:
    assert find_message_key(MessageId(name)) is None
