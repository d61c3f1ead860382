"""docs/asyncapi.yaml is valid, current and complete."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator

from chat.protocol.client_frames import ClientFrame
from chat.protocol.errors import ErrorCode
from chat.protocol.server_frames import ServerFrame
from docs.reference.asyncapi import document
from docs.reference.catalogue import CLIENT_FRAMES, SERVER_FRAMES, reply_to, type_of
from docs.reference.files import made_files
from tests.unit.docs.pages import name_of

SPECIFICATION = (
    Path(__file__).parent / "node_modules/@asyncapi/specs/schemas/3.0.0-without-$id.json"
)

DOCUMENT = document()
MADE = made_files()


def references(value: object) -> Iterator[str]:
    match value:
        case {"$ref": str(reference)}:
            yield reference
        case dict():
            for each in value.values():
                yield from references(each)
        case list():
            for each in value:
                yield from references(each)


def resolve(reference: str) -> Any:  # noqa: ANN401 -- any part of a document
    part: Any = DOCUMENT
    for name in reference.removeprefix("#/").split("/"):
        part = part[name]
    return part


def names_of(messages: list[dict[str, str]]) -> list[str]:
    return [each["$ref"].split("/")[-1] for each in messages]


@pytest.mark.parametrize("path", MADE, ids=name_of)
def test_generated_reference_is_current(path: Path) -> None:
    assert path.read_text() == MADE[path], "run `make docs`"


def test_document_is_valid_asyncapi() -> None:
    if not SPECIFICATION.exists():
        pytest.skip("the specification is not installed: `make setup` does")
    specification = Draft7Validator(json.loads(SPECIFICATION.read_text()))

    mistakes = [f"{each.json_path}: {each.message}" for each in specification.iter_errors(DOCUMENT)]

    assert mistakes == []


def test_every_reference_resolves() -> None:
    for reference in references(DOCUMENT):
        assert resolve(reference)


def test_document_is_plain_yaml() -> None:
    written = next(text for path, text in MADE.items() if path.suffix == ".yaml")

    assert yaml.safe_load(written) == DOCUMENT


def test_the_catalogue_has_every_frame() -> None:
    # Other tests may define frames.
    frames = [*ClientFrame.__subclasses__(), *ServerFrame.__subclasses__()]

    ours = [each for each in frames if each.__module__.startswith("chat.")]
    assert {*CLIENT_FRAMES, *SERVER_FRAMES} == set(ours)


@pytest.mark.parametrize("frame", CLIENT_FRAMES, ids=type_of)
def test_every_client_frame_is_received_and_answered(frame: type[ClientFrame]) -> None:
    operation = DOCUMENT["operations"][frame.type_name]

    assert operation["action"] == "receive"
    assert names_of(operation["messages"]) == [frame.__name__]
    assert names_of(operation["reply"]["messages"])[0] == reply_to(frame).__name__
    assert names_of(operation["reply"]["messages"])[-1] == "Error"


def test_every_server_frame_is_a_reply_or_a_push() -> None:
    operations = DOCUMENT["operations"].values()
    sent = [each["messages"] for each in operations if each["action"] == "send"]
    replied = [each["reply"]["messages"] for each in operations if "reply" in each]

    named = {name for messages in [*sent, *replied] for name in names_of(messages)}

    assert named == {frame.__name__ for frame in SERVER_FRAMES}


def test_every_message_repeats_the_request_id() -> None:
    for message in DOCUMENT["components"]["messages"].values():
        payload = resolve(message["payload"]["$ref"])
        assert "requestId" in payload["properties"]
        assert message["correlationId"] == {"$ref": "#/components/correlationIds/requestId"}


def test_every_code_belongs_to_error_or_auth_error() -> None:
    schemas = DOCUMENT["components"]["schemas"]

    codes = {*schemas["ErrorCode"]["enum"], *schemas["AuthErrorCode"]["enum"]}

    assert codes == set(ErrorCode)
