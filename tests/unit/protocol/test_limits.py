from chat.protocol.limits import (
    FRAME_HEADROOM_BYTES,
    MAX_CONTENT_BYTES,
    MAX_FRAME_BYTES,
    MAX_MESSAGE_BYTES,
)


def test_limits_equal_those_of_the_protocol() -> None:
    assert (MAX_FRAME_BYTES, MAX_CONTENT_BYTES) == (32_768, 16_384)


def test_the_longest_message_fits_a_page_of_history() -> None:
    envelope = '{"type":"history","requestId":"%s","data":{"conversation_id":"%s","messages":[],'
    longest = envelope % ("\\u0000" * 64, "x" * 128) + '"has_more":false}}'

    assert len(longest) <= FRAME_HEADROOM_BYTES
    assert MAX_MESSAGE_BYTES + FRAME_HEADROOM_BYTES == MAX_FRAME_BYTES
