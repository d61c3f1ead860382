"""docs/protocol.md says what the code does."""

import inspect

import pytest

from chat.protocol import errors, limits
from chat.protocol.client_frames import (
    MAX_NAMED_AT_CREATION,
    MAX_NAMED_MEMBERS,
    MAX_PAGE,
    MAX_POSITIONS,
)
from chat.protocol.errors import AuthRefusal, ErrorCode, ProtocolError
from docs.reference.catalogue import CLIENT_FRAMES, SERVER_FRAMES, type_of
from docs.reference.error_table import error_rows
from tests.unit.docs.pages import DOCS, headings

PAGE = DOCS / "protocol.md"


def test_its_table_has_every_code_once() -> None:
    codes = [row.code for row in error_rows()]

    assert sorted(codes) == sorted(ErrorCode)


def test_its_table_names_the_frame_that_a_code_comes_in() -> None:
    refusals = [each for _, each in inspect.getmembers(errors, inspect.isclass)]
    of_authenticating = {
        each.code for each in refusals if issubclass(each, AuthRefusal) and hasattr(each, "code")
    }
    expected = {
        code: ["auth_error"] if code in of_authenticating else ["error"] for code in ErrorCode
    }
    expected[ErrorCode.BAD_REQUEST] = ["error", "auth_error"]

    assert {row.code: row.frames for row in error_rows()} == expected


def test_its_table_names_what_a_code_comes_with() -> None:
    rows = {row.code: row.data for row in error_rows()}

    assert "`field`" in rows["bad_request"]
    assert "`limit_bytes`" in rows["too_large"]
    assert "`reference`" in rows["internal"]
    assert {code for code, data in rows.items() if "retry_after_seconds" in data} == {
        refusal.code
        for _, refusal in inspect.getmembers(errors, inspect.isclass)
        if issubclass(refusal, ProtocolError)
        and hasattr(refusal, "code")
        and "retry_after_seconds" in inspect.signature(refusal).parameters
    }


@pytest.mark.parametrize("frame", [frame.type_name for frame in CLIENT_FRAMES])
def test_every_frame_of_a_client_has_a_heading(frame: str) -> None:
    assert frame in headings(PAGE)


@pytest.mark.parametrize("type_", [type_of(frame) for frame in SERVER_FRAMES])
def test_every_frame_of_the_service_is_spoken_of(type_: str) -> None:
    spoken_of = (f'"type": "{type_}"', f"`{type_}`")

    assert any(words in PAGE.read_text() for words in spoken_of)


@pytest.mark.parametrize(
    "words",
    [
        f"**{limits.MAX_FRAME_BYTES:,} bytes**",
        f"1 to {limits.MAX_CONTENT_BYTES:,} bytes",
        f"at most {MAX_POSITIONS} conversations",
        f"1–{MAX_PAGE},",  # noqa: RUF001 - a range is written with an en dash
        f"At most {MAX_NAMED_AT_CREATION} members",
        f"At most {MAX_NAMED_MEMBERS}\nare named at once",
    ],
)
def test_its_numbers_are_the_codes(words: str) -> None:
    assert words in PAGE.read_text()
