import base64

import pytest

from chat.auth.cursors import Cursors
from chat.protocol.errors import BadRequest
from chat.protocol.ids import UserId

ALICE, BOB = UserId("user-alice"), UserId("user-bob")
CURSORS = Cursors(b"c" * 32)


def is_refused(user_id: UserId, listing: str, cursor: str, cursors: Cursors = CURSORS) -> None:
    with pytest.raises(BadRequest) as refused:
        cursors.open(user_id, listing, cursor)
    assert refused.value.data == {"field": "data.cursor"}


@pytest.mark.parametrize("position", ["", "c", "direct-0a1b", "\0", "Grüße 😀"])
def test_a_cursor_opens_to_its_position(position: str) -> None:
    cursor = CURSORS.seal(ALICE, "conversations", position)

    assert CURSORS.open(ALICE, "conversations", cursor) == position


def test_a_cursor_is_its_users_own() -> None:
    is_refused(BOB, "conversations", CURSORS.seal(ALICE, "conversations", "c"))


def test_a_cursor_is_its_lists_own() -> None:
    is_refused(ALICE, "members d", CURSORS.seal(ALICE, "members c", "u"))


def test_a_cursor_is_its_deployments_own() -> None:
    elsewhere = Cursors(b"d" * 32)

    is_refused(ALICE, "conversations", elsewhere.seal(ALICE, "conversations", "c"))


def test_what_is_sealed_together_cannot_be_parted_otherwise() -> None:
    is_refused(UserId("user"), "s\0c", CURSORS.seal(UserId("user"), "s", "c"))


def test_another_position_under_the_same_seal_is_refused() -> None:
    sealed = base64.urlsafe_b64decode(CURSORS.seal(ALICE, "conversations", "c1"))
    moved = base64.urlsafe_b64encode(sealed[:-1] + b"2").decode()

    is_refused(ALICE, "conversations", moved)


@pytest.mark.parametrize("cursor", ["", "x", "AAAA", "A" * 40, "é", "!", "=", "\0", "\ud800"])
def test_what_is_no_cursor_is_refused(cursor: str) -> None:
    is_refused(ALICE, "conversations", cursor)
