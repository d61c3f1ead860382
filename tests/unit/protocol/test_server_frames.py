"""The frames that the service sends, as the protocol's examples write them."""

import json

import msgspec
import pytest

from chat.protocol.encoding import as_reply, encode
from chat.protocol.server_frames import Ack, ServerFrame, SignedOutData
from docs.reference.catalogue import SERVER_FRAMES, about, type_of
from docs.reference.examples import Example, examples

BY_TYPE = {type_of(frame): frame for frame in SERVER_FRAMES}


def read(example: Example) -> ServerFrame:
    return msgspec.convert(example.frame, BY_TYPE[example.frame["type"]])


each_example = pytest.mark.parametrize(
    "example", examples("server"), ids=lambda each: f"{each.frame['type']}: {each.shows}"
)


@each_example
def test_frame_is_encoded_as_the_protocol_documents_it(example: Example) -> None:
    assert json.loads(encode(read(example))) == example.frame


@each_example
def test_direct_reply_is_the_frame_with_the_request_id(example: Example) -> None:
    reply = json.loads(encode(as_reply(read(example), "r-1")))

    assert reply == example.frame | {"requestId": "r-1"}


def test_without_a_request_id_the_reply_is_the_frame() -> None:
    assert as_reply(Ack(), None) == Ack()


def test_text_is_encoded_as_utf8() -> None:
    encoded = encode(SignedOutData("Grüße 😀 \u2028"))

    assert encoded == '{"reason":"Grüße 😀 \u2028"}'.encode()


def test_every_frame_has_an_example() -> None:
    # Other tests may make frames of their own.
    frames = {each for each in ServerFrame.__subclasses__() if each.__module__.startswith("chat.")}

    assert {BY_TYPE[each.frame["type"]] for each in examples("server")} == frames


@pytest.mark.parametrize("frame", SERVER_FRAMES, ids=type_of)
def test_a_frame_that_is_pushed_says_whom_to_and_has_an_example_of_it(
    frame: type[ServerFrame],
) -> None:
    shown = [each.frame for each in examples("server") if each.frame["type"] == type_of(frame)]

    is_pushed = any("requestId" not in each for each in shown)

    assert bool(about(frame).pushed_to) == is_pushed
