"""Signing out while something else happens."""

import pytest

from tests.world.room import Results, Room, crossing
from tests.world.truth import rows
from tests.world.world import PASSWORD_OF_ALL


@pytest.mark.parametrize("where", ["another", "asking"])
def test_who_authenticates_by_an_old_token_meanwhile_is_out(bobs: Room, where: str) -> None:
    client = bobs.arriving(bobs.his) if where == "another" else bobs.his

    def check(results: Results) -> None:
        assert results["sign_out"]["type"] == "signed_out"
        assert [row for row in rows("SessionsTable") if row["user_id"] == "user-bob"] == []
        assert bobs.says(client, "x")()["code"] == "not_authenticated"

    performances = crossing(
        bobs,
        bobs.his,
        client,
        at_most=50,
        check=check,
        sign_out=bobs.asks(bobs.his, "sign_out"),
        authenticate=bobs.authenticates(client),
    )

    assert performances > 10


def test_who_authenticates_by_password_on_the_asking_connection_is_in_or_out(bobs: Room) -> None:
    data = {"username": "bob", "password": PASSWORD_OF_ALL}

    performances = crossing(
        bobs,
        bobs.his,
        at_most=20,
        sign_out=bobs.asks(bobs.his, "sign_out"),
        authenticate=bobs.sends(bobs.his, {"type": "authenticate", "data": data}),
    )

    assert performances > 10


def test_who_is_added_meanwhile_is_told_nothing(room: Room) -> None:
    performances = crossing(
        room, room.his, sign_out=room.asks(room.his, "sign_out"), add=room.adds(room.hers)
    )

    assert performances > 2


def test_what_is_sent_meanwhile_is_sent_or_refused(bobs: Room) -> None:
    phone = bobs.arriving(bobs.his)
    bobs.authenticates(phone)()

    def check(results: Results) -> None:
        reply = results["send"]
        assert reply["type"] == "chat_message" or reply["code"] == "not_authenticated"
        assert bobs.says(phone, "x")()["code"] == "not_authenticated"

    performances = crossing(
        bobs,
        bobs.his,
        phone,
        check=check,
        sign_out=bobs.asks(bobs.his, "sign_out"),
        send=bobs.says(phone, "Bye"),
    )

    assert performances > 2


def test_who_authenticates_by_an_old_token_while_being_added_is_out(room: Room) -> None:
    fresh = room.arriving(room.his)

    def check(results: Results) -> None:
        assert results["authenticate"]["type"] in {"auth_error", "auth_success"}
        assert room.says(fresh, "x")()["code"] == "not_authenticated"

    performances = crossing(
        room,
        room.his,
        fresh,
        at_most=50,
        check=check,
        sign_out=room.asks(room.his, "sign_out"),
        authenticate=room.authenticates(fresh),
        add=room.adds(room.hers),
    )

    assert performances > 10
