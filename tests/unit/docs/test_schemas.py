"""The schemas reject the frames that the service rejects."""

import json
from typing import Any

import pytest

from chat.protocol.client_frames import ClientFrame
from chat.protocol.decoding import decode
from chat.protocol.errors import BadRequest, TooLarge
from docs.reference.catalogue import CLIENT_FRAMES, type_of
from docs.reference.examples import examples_of
from docs.reference.schemas import BEYOND_TYPES, frame_schemas
from tests.unit.docs.schema_mutations import is_valid, mutations

each_frame = pytest.mark.parametrize("frame", CLIENT_FRAMES, ids=type_of)


def all_mutations(frame: type[ClientFrame]) -> list[dict[str, Any]]:
    return [each for example in examples_of(frame) for each in mutations(example.frame)]


def is_accepted(frame: type[ClientFrame], payload: dict[str, Any]) -> bool:
    try:
        decode(json.dumps(payload), frame)
    except (BadRequest, TooLarge):
        return False
    return True


@each_frame
def test_frames_valid_by_schema_are_accepted_by_the_service(frame: type[ClientFrame]) -> None:
    valid = [each for each in all_mutations(frame) if is_valid(frame, each)]

    refused = [each for each in valid if not is_accepted(frame, each)]

    assert refused == []


@each_frame
def test_frames_accepted_by_the_service_are_valid_by_schema(frame: type[ClientFrame]) -> None:
    # Rules of an action are in the schema too, but not in the decoder.
    is_judged_later = f"{frame.__name__}Data" in BEYOND_TYPES
    taken = [each for each in all_mutations(frame) if is_accepted(frame, each)]

    refused = [each for each in taken if not is_valid(frame, each)]

    assert is_judged_later or refused == []


def test_no_field_is_nullable_but_those_that_null_removes() -> None:
    schemas = frame_schemas()

    removable = schemas["SetProfileData"].pop("properties")

    assert all({"type": "null"} in each["anyOf"] for each in removable.values())
    assert "null" not in json.dumps(schemas)
