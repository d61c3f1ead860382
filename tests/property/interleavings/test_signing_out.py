"""Signing out while something else happens."""

import pytest

from testing.group import Group, Results, run_interleaved
from testing.invariants import rows
from testing.simulation import PASSWORD_OF_ALL


@pytest.mark.parametrize("where", ["another", "asking"])
def test_old_token_used_during_sign_out_is_not_authenticated(
    group_with_bob: Group, where: str
) -> None:
    client = (
        group_with_bob.unauthenticated_client(group_with_bob.his)
        if where == "another"
        else group_with_bob.his
    )

    def check(results: Results) -> None:
        assert results["sign_out"]["type"] == "signed_out"
        assert [row for row in rows("SessionsTable") if row["user_id"] == "user-bob"] == []
        assert group_with_bob.says(client, "x")()["code"] == "not_authenticated"

    runs = run_interleaved(
        group_with_bob,
        group_with_bob.his,
        client,
        at_most=50,
        check=check,
        sign_out=group_with_bob.requests(group_with_bob.his, "sign_out"),
        authenticate=group_with_bob.authenticates(client),
    )

    assert runs > 10


def test_password_login_during_sign_out_is_consistent(
    group_with_bob: Group,
) -> None:
    data = {"username": "bob", "password": PASSWORD_OF_ALL}

    runs = run_interleaved(
        group_with_bob,
        group_with_bob.his,
        at_most=20,
        sign_out=group_with_bob.requests(group_with_bob.his, "sign_out"),
        authenticate=group_with_bob.sends(
            group_with_bob.his, {"type": "authenticate", "data": data}
        ),
    )

    assert runs > 10


def test_user_added_during_sign_out_receives_nothing(group: Group) -> None:
    runs = run_interleaved(
        group, group.his, sign_out=group.requests(group.his, "sign_out"), add=group.adds(group.hers)
    )

    assert runs > 2


def test_message_sent_during_sign_out_is_delivered_or_rejected(group_with_bob: Group) -> None:
    phone = group_with_bob.unauthenticated_client(group_with_bob.his)
    group_with_bob.authenticates(phone)()

    def check(results: Results) -> None:
        reply = results["send"]
        assert reply["type"] == "chat_message" or reply["code"] == "not_authenticated"
        assert group_with_bob.says(phone, "x")()["code"] == "not_authenticated"

    runs = run_interleaved(
        group_with_bob,
        group_with_bob.his,
        phone,
        check=check,
        sign_out=group_with_bob.requests(group_with_bob.his, "sign_out"),
        send=group_with_bob.says(phone, "Bye"),
    )

    assert runs > 2


def test_old_token_used_during_sign_out_and_adding_is_not_authenticated(group: Group) -> None:
    fresh = group.unauthenticated_client(group.his)

    def check(results: Results) -> None:
        assert results["authenticate"]["type"] in {"auth_error", "auth_success"}
        assert group.says(fresh, "x")()["code"] == "not_authenticated"

    runs = run_interleaved(
        group,
        group.his,
        fresh,
        at_most=50,
        check=check,
        sign_out=group.requests(group.his, "sign_out"),
        authenticate=group.authenticates(fresh),
        add=group.adds(group.hers),
    )

    assert runs > 10
