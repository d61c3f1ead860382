"""docs/protocol.md agrees with the code."""

import inspect
import re

import pytest

from chat.protocol import errors, limits
from chat.protocol.client_frames import MAX_POSITIONS
from chat.protocol.conversation_frames import MAX_NAMED_AT_CREATION, MAX_NAMED_MEMBERS
from chat.protocol.errors import AuthRefusal, ErrorCode, ProtocolError
from chat.protocol.fields import MAX_PAGE
from chat.runtime.routes import ROUTES
from docs.reference.catalogue import CLIENT_FRAMES, SERVER_FRAMES, Frame, about, type_of
from docs.reference.error_table import error_rows
from tests.unit.docs.pages import DOCS, headings

PAGE = DOCS / "protocol.md"


def test_table_lists_every_code_once() -> None:
    codes = [row.code for row in error_rows()]

    assert sorted(codes) == sorted(ErrorCode)


def test_table_names_the_frame_of_each_code() -> None:
    refusals = [each for _, each in inspect.getmembers(errors, inspect.isclass)]
    of_authenticating = {
        each.code for each in refusals if issubclass(each, AuthRefusal) and hasattr(each, "code")
    }
    expected = {
        code: ["auth_error"] if code in of_authenticating else ["error"] for code in ErrorCode
    }
    expected[ErrorCode.BAD_REQUEST] = ["error", "auth_error"]

    assert {row.code: row.frames for row in error_rows()} == expected


def test_table_names_the_data_of_each_code() -> None:
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


TYPES = {*ROUTES, *map(type_of, SERVER_FRAMES)}


def test_every_documented_frame_is_valid() -> None:
    shown = re.findall(r'"type": ?"(\w+)"', PAGE.read_text())

    # The sender chooses the type of a message.
    assert set(shown) - {"text"} <= TYPES


def test_every_heading_that_is_a_type_is_one_of_the_code() -> None:
    named = {each for each in headings(PAGE) if re.fullmatch("[a-z_]+", each)}

    assert named <= TYPES


@pytest.mark.parametrize("frame", [*CLIENT_FRAMES, *SERVER_FRAMES], ids=lambda each: each.__name__)
def test_every_frame_is_on_this_page_or_says_all_in_its_docstring(frame: Frame) -> None:
    type_ = type_of(frame)
    spoken_of = (f'"type": "{type_}"', f"`{type_}`", f"### {type_}\n")

    assert about(frame).summary.endswith(".")
    assert any(words in PAGE.read_text() for words in spoken_of) or len(about(frame).more) > 0


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
def test_documented_numbers_equal_the_code(words: str) -> None:
    assert words in PAGE.read_text()
