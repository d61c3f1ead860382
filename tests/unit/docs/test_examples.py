"""The example frames match the decoder and the schemas."""

import json

import msgspec
import pytest

from chat.protocol.decoding import decode
from chat.protocol.encoding import encode
from docs.reference.catalogue import CLIENT_FRAMES, SERVER_FRAMES, type_of
from docs.reference.examples import Example, examples
from tests.unit.docs.schema_mutations import is_valid

FROM_CLIENT = {frame.type_name: frame for frame in CLIENT_FRAMES}
FROM_SERVER = {type_of(frame): frame for frame in SERVER_FRAMES}


def named(example: Example) -> str:
    return f"{example.frame['type']}: {example.shows}"


each_sent = pytest.mark.parametrize("example", examples("client"), ids=named)
each_received = pytest.mark.parametrize("example", examples("server"), ids=named)


def test_there_is_an_example_of_every_frame() -> None:
    assert {each.frame["type"] for each in examples("client")} == FROM_CLIENT.keys()
    assert {each.frame["type"] for each in examples("server")} == FROM_SERVER.keys()


@each_sent
def test_client_examples_are_decoded(example: Example) -> None:
    decode(json.dumps(example.frame), FROM_CLIENT[example.frame["type"]])


@each_received
def test_server_examples_are_encoded_exactly(example: Example) -> None:
    frame = msgspec.convert(example.frame, FROM_SERVER[example.frame["type"]])

    assert json.loads(encode(frame)) == example.frame


@each_sent
def test_client_examples_are_valid_by_schema(example: Example) -> None:
    assert is_valid(FROM_CLIENT[example.frame["type"]], example.frame)


@each_received
def test_server_examples_are_valid_by_schema(example: Example) -> None:
    assert is_valid(FROM_SERVER[example.frame["type"]], example.frame)
