"""Signing out while something else happens."""

import pytest

from testing.group import Group, Results, run_interleaved
from testing.invariants import rows
from testing.simulation import PASSWORD_OF_ALL


@pytest.mark.parametrize("where", ["another", "asking"])
def test_who_authenticates_by_an_old_token_meanwhile_is_out(
    group_with_bob: Group, where: str
) -> None:
    client = (
        group_with_bob.arriving(group_with_bob.his) if where == "another" else group_with_bob.his
    )

    def check(results: Results) -> None:
        assert results["sign_out"]["type"] == "signed_out"
        assert [row for row in rows("SessionsTable") if row["user_id"] == "user-bob"] == []
        assert group_with_bob.says(client, "x")()["code"] == "not_authenticated"

    performances = run_interleaved(
        group_with_bob,
        group_with_bob.his,
        client,
        at_most=50,
        check=check,
        sign_out=group_with_bob.asks(group_with_bob.his, "sign_out"),
        authenticate=group_with_bob.authenticates(client),
    )

    assert performances > 10


def test_who_authenticates_by_password_on_the_asking_connection_is_in_or_out(
    group_with_bob: Group,
) -> None:
    data = {"username": "bob", "password": PASSWORD_OF_ALL}

    performances = run_interleaved(
        group_with_bob,
        group_with_bob.his,
        at_most=20,
        sign_out=group_with_bob.asks(group_with_bob.his, "sign_out"),
        authenticate=group_with_bob.sends(
            group_with_bob.his, {"type": "authenticate", "data": data}
        ),
    )

    assert performances > 10


def test_who_is_added_meanwhile_is_told_nothing(room: Group) -> None:
    performances = run_interleaved(
        room, room.his, sign_out=room.asks(room.his, "sign_out"), add=room.adds(room.hers)
    )

    assert performances > 2


def test_what_is_sent_meanwhile_is_sent_or_refused(group_with_bob: Group) -> None:
    phone = group_with_bob.arriving(group_with_bob.his)
    group_with_bob.authenticates(phone)()

    def check(results: Results) -> None:
        reply = results["send"]
        assert reply["type"] == "chat_message" or reply["code"] == "not_authenticated"
        assert group_with_bob.says(phone, "x")()["code"] == "not_authenticated"

    performances = run_interleaved(
        group_with_bob,
        group_with_bob.his,
        phone,
        check=check,
        sign_out=group_with_bob.asks(group_with_bob.his, "sign_out"),
        send=group_with_bob.says(phone, "Bye"),
    )

    assert performances > 2


def test_who_authenticates_by_an_old_token_while_being_added_is_out(room: Group) -> None:
    fresh = room.arriving(room.his)

    def check(results: Results) -> None:
        assert results["authenticate"]["type"] in {"auth_error", "auth_success"}
        assert room.says(fresh, "x")()["code"] == "not_authenticated"

    performances = run_interleaved(
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
