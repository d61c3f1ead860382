import pytest

from chat.auth.passwords import Passwords
from chat.protocol.ids import Username
from chat.storage.membership_changes import delete_member
from chat.storage.memberships import find_membership, members_page
from chat.storage.users import find_credential, find_users
from local import demo
from testing.tables import MODELS

NOW = 1_795_370_000_000
BOB = Username("bob")

# For its tables.
pytestmark = pytest.mark.usefixtures("simulation")


def test_each_demo_user_has_a_password_that_follows_from_the_name() -> None:
    demo.seed(NOW)

    for name in demo.USERNAMES:
        credential = find_credential(name)
        assert credential is not None
        assert Passwords().is_right(f"{name}-demo-password", credential.password_hash)


def test_all_demo_users_are_members_of_general() -> None:
    demo.seed(NOW)

    members = members_page(demo.CONVERSATION)
    assert {each.username: each.role for each in members} == {
        "alice": "owner",
        "bob": "member",
        "carol": "member",
    }


def test_the_program_knows_each_table_that_the_demo_users_need() -> None:
    demo.seed(NOW)

    written = {model for model in MODELS.values() if next(iter(model.scan(limit=1)), None)}
    assert written == set(demo.VARIABLES)


def test_seeding_again_changes_nothing() -> None:
    demo.seed(NOW)
    before = find_users(demo.USERNAMES)

    demo.seed(NOW + 1)

    assert find_users(demo.USERNAMES) == before
    assert {each.joined_at for each in members_page(demo.CONVERSATION)} == {NOW}


def test_a_user_who_has_left_general_stays_out() -> None:
    demo.seed(NOW)
    bob = find_users([BOB])[BOB].user_id
    membership = find_membership(bob, demo.CONVERSATION)
    assert membership is not None
    delete_member(membership, membership, None, NOW)

    demo.seed(NOW + 1)

    assert find_membership(bob, demo.CONVERSATION) is None
