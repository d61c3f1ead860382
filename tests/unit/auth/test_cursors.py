import base64

import pytest

from chat.auth.cursors import Cursors
from chat.protocol.errors import BadRequest
from chat.protocol.ids import UserId

ALICE, BOB = UserId("user-alice"), UserId("user-bob")
CURSORS = Cursors(b"c" * 32)


def is_rejected(user_id: UserId, listing: str, cursor: str, cursors: Cursors = CURSORS) -> None:
    with pytest.raises(BadRequest) as refused:
        cursors.open(user_id, listing, cursor)
    assert refused.value.data == {"field": "data.cursor"}


@pytest.mark.parametrize("position", ["", "c", "direct-0a1b", "\0", "Grüße 😀"])
def test_cursor_decodes_to_its_position(position: str) -> None:
    cursor = CURSORS.seal(ALICE, "conversations", position)

    assert CURSORS.open(ALICE, "conversations", cursor) == position


def test_cursor_of_another_user_is_rejected() -> None:
    is_rejected(BOB, "conversations", CURSORS.seal(ALICE, "conversations", "c"))


def test_cursor_of_another_list_is_rejected() -> None:
    is_rejected(ALICE, "members d", CURSORS.seal(ALICE, "members c", "u"))


def test_cursor_of_another_deployment_is_rejected() -> None:
    elsewhere = Cursors(b"d" * 32)

    is_rejected(ALICE, "conversations", elsewhere.seal(ALICE, "conversations", "c"))


def test_parts_of_a_cursor_cannot_be_split_differently() -> None:
    is_rejected(UserId("user"), "s\0c", CURSORS.seal(UserId("user"), "s", "c"))


def test_changed_position_is_rejected() -> None:
    sealed = base64.urlsafe_b64decode(CURSORS.seal(ALICE, "conversations", "c1"))
    moved = base64.urlsafe_b64encode(sealed[:-1] + b"2").decode()

    is_rejected(ALICE, "conversations", moved)


@pytest.mark.parametrize("cursor", ["", "x", "AAAA", "A" * 40, "é", "!", "=", "\0", "\ud800"])
def test_malformed_cursor_is_rejected(cursor: str) -> None:
    is_rejected(ALICE, "conversations", cursor)
