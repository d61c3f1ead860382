import pytest

from chat.protocol.client_frames import ClientFrame, Heartbeat
from chat.protocol.conversation_frames import AddMembers, CreateConversation
from chat.protocol.decoding import decode, find_request_id, refuse_unrouted
from chat.protocol.errors import BadRequest, ErrorCode, ProtocolError, TooLarge
from chat.protocol.limits import MAX_FRAME_BYTES
from chat.protocol.message_frames import ChatMessage, History

HELLO = '{"type":"chat_message","conversationId":"c","data":{"content":"Hello"}}'


def error_of(text: str, kind: type[ClientFrame] = ChatMessage) -> ProtocolError:
    with pytest.raises(ProtocolError) as refused:
        decode(text, kind)
    return refused.value


def test_a_frame_is_read_with_its_defaults() -> None:
    frame = decode(HELLO, ChatMessage)

    assert (frame.conversation_id, frame.data.content, frame.data.type) == ("c", "Hello", "text")


@pytest.mark.parametrize(
    "text",
    [
        '{"type":"chat_message","conversationId":"c","data":{"content":"x"},"later":{"a":[1]}}',
        '{"type":"chat_message","conversationId":"c","data":{"content":"x","later":null}}',
        '{"later":1,"data":{"later":2,"content":"x"},"conversationId":"c"}',
    ],
)
def test_unknown_fields_are_ignored(text: str) -> None:
    frame = decode(text, ChatMessage)

    assert frame.data.content == "x"


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "Hello",
        "{",
        '{"type":"chat_message"',
        HELLO + "}",
        HELLO + HELLO,
        HELLO.replace("}}", ",}}"),
        "{'type':'chat_message'}",
        '{"conversationId":"c","data":{"content":"a\nb"}}',
        '{"conversationId":"c","data":{"content":NaN}}',
        "\ufeff" + HELLO,
        "\0",
    ],
)
def test_invalid_json_is_reported_without_a_field(text: str) -> None:
    refusal = error_of(text)

    assert (refusal.code, refusal.data) == (ErrorCode.BAD_REQUEST, None)
    assert refusal.message == "The frame is not JSON."


@pytest.mark.parametrize("text", ["[]", '"chat_message"', "7", "null", "true", f"[{HELLO}]"])
def test_json_that_is_no_object_is_reported_without_a_field(text: str) -> None:
    refusal = error_of(text)

    assert (refusal.code, refusal.data) == (ErrorCode.BAD_REQUEST, None)
    assert refusal.message.startswith("Expected `object`")


@pytest.mark.parametrize("surrogate", ["\ud800", "\\ud800", "\\udc00x", "\\ud800\\ud800"])
def test_lone_surrogate_is_rejected(surrogate: str) -> None:
    refusal = error_of(HELLO.replace("Hello", surrogate))

    assert refusal.code is ErrorCode.BAD_REQUEST


def test_escaped_surrogate_pair_is_accepted() -> None:
    frame = decode(HELLO.replace("Hello", "\\ud83d\\ude00"), ChatMessage)

    assert frame.data.content == "😀"


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ('{"data":{"content":"x"}}', "conversationId"),
        ('{"conversationId":null,"data":{"content":"x"}}', "conversationId"),
        ('{"conversationId":"c","data":null}', "data"),
        ('{"conversationId":"c","data":[]}', "data"),
        ('{"conversationId":"c","data":{"attachments":[{}]}}', "data.attachments[0].attachment_id"),
        ('{"conversationId":"c","data":{"content":{"a":1}}}', "data.content"),
        ('{"conversationId":"c","data":{"content":"x","type":null}}', "data.type"),
        ('{"conversationId":"c","data":{"content":"x"},"requestId":""}', "requestId"),
        ('{"conversationId":"c","data":{"content":"x"},"requestId":null}', "requestId"),
        ('{"conversationId":"c","data":{"content":"x"},"requestId":7}', "requestId"),
        ('{"conversationId":"c","data":{"content":"x"},"clientMessageId":null}', "clientMessageId"),
    ],
)
def test_wrong_field_is_named_by_its_path(text: str, field: str) -> None:
    refusal = error_of(text)

    assert refusal.data == {"field": field}


@pytest.mark.parametrize(
    ("kind", "text", "field"),
    [
        (AddMembers, '{"conversationId":"c","data":{"members":["a",7]}}', "data.members[1]"),
        (CreateConversation, '{"data":{"kind":"x","members":[]}}', "data.kind"),
        (History, '{"conversationId":"c","data":{"limit":1e1}}', "data.limit"),
        (History, '{"conversationId":"c","data":{"after_seq":1e400}}', "data.after_seq"),
        (Heartbeat, '{"data":{"positions":{"c":"1"}}}', "data.positions[...]"),
        (Heartbeat, '{"data":{"positions":{"a`b.c$d":null}}}', "data.positions[...]"),
        (Heartbeat, '{"data":{"positions":{"":1}}}', "data.positions"),
    ],
)
def test_wrong_item_is_named_by_its_index(kind: type[ClientFrame], text: str, field: str) -> None:
    refusal = error_of(text, kind)

    assert refusal.data == {"field": field}


def test_the_longest_frame_is_read() -> None:
    frame = decode(HELLO + " " * (MAX_FRAME_BYTES - len(HELLO)), ChatMessage)

    assert frame.data.content == "Hello"


def test_a_longer_frame_is_too_large() -> None:
    refusal = error_of(HELLO + " " * (MAX_FRAME_BYTES + 1 - len(HELLO)))

    assert isinstance(refusal, TooLarge)
    assert refusal.data == {"limit_bytes": MAX_FRAME_BYTES}


def test_a_frame_is_measured_in_bytes_of_utf8() -> None:
    refusal = error_of(HELLO.replace("Hello", "€" * (MAX_FRAME_BYTES // 3)))

    assert refusal.code is ErrorCode.TOO_LARGE


@pytest.mark.parametrize("opening", ["[", '{"a":', '{"data":{"a":[', "[{"])
def test_deeply_nested_frame_is_rejected(opening: str) -> None:
    text = HELLO[:-1] + ',"later":' + opening * (32_000 // len(opening))

    refusal = error_of(text)

    assert isinstance(refusal, BadRequest)


# Unrouted frames.


def test_unknown_type_is_reported() -> None:
    refusal = refuse_unrouted('{"type":"dance","data":{}}')

    assert refusal.code is ErrorCode.UNKNOWN_TYPE


@pytest.mark.parametrize("text", ["{}", '{"type":7}', '{"type":null}', '{"Type":"heartbeat"}'])
def test_missing_or_wrong_type_is_a_bad_field(text: str) -> None:
    refusal = refuse_unrouted(text)

    assert (refusal.code, refusal.data) == (ErrorCode.BAD_REQUEST, {"field": "type"})


@pytest.mark.parametrize("text", ["", "Hello", "[]", "null", '{"type":"x"', "\ud800", "[" * 30_000])
def test_text_that_is_no_frame_names_no_field(text: str) -> None:
    refusal = refuse_unrouted(text)

    assert (refusal.code, refusal.data) == (ErrorCode.BAD_REQUEST, None)


# Request ids.


@pytest.mark.parametrize(
    "text",
    [
        '{"requestId":"r-1"}',
        '{"type":7,"requestId":"r-1","data":"nonsense"}',
        '{"requestId":"r-1","data":' + "[" * 100 + "]" * 100 + "}",
    ],
)
def test_request_id_is_read_from_a_wrong_frame(text: str) -> None:
    assert find_request_id(text) == "r-1"


@pytest.mark.parametrize("request_id", ["r", "x" * 64, "😀" * 64, "\\u0000"])
def test_a_request_id_is_1_to_64_characters(request_id: str) -> None:
    found = find_request_id(f'{{"requestId":"{request_id}"}}')

    assert found is not None
    assert len(found) in {1, 64}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "[]",
        '{"requestId":""}',
        '{"requestId":null}',
        '{"requestId":1}',
        '{"requestId":"%s"}' % ("x" * 65),
        '{"request_id":"r-1"}',
    ],
)
def test_invalid_request_id_is_ignored(text: str) -> None:
    assert find_request_id(text) is None


@pytest.mark.parametrize(
    "text",
    [
        '{"requestId":"r-1","data":{"content":"\\ud800"}}',
        '{"data":{"content":"\ud800"},"requestId":"r-1"}',
        '{"requestId" : "r-1", "data":',
        '{"requestId":"r-1","x":1,}',
        '[{"requestId":"r-1"}]',
        '{"requestId":"","data":{},"requestId":"r-1",',
        '{"data":{"content":"\\"requestId\\":\\"not this\\""},"requestId":"r-1",',
        '{"requestId":"r-1","deep":' + "[" * 5_000,
        '{"requestId":"r-1"',
    ],
    ids=[
        "half a pair, escaped",
        "half a pair",
        "cut",
        "comma",
        "array",
        "empty",
        "quoted",
        "deep",
        "open",
    ],
)
def test_request_id_is_found_in_unreadable_text(text: str) -> None:
    assert find_request_id(text) == "r-1"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        '{"requestId":',
        '{"requestId":7',
        '{"requestId":"' + "x" * 65 + '",',
        '{"requestId":"\\ud800",',
    ],
)
def test_no_request_id_is_found_if_there_is_none(text: str) -> None:
    assert find_request_id(text) is None
