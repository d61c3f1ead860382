"""`set_profile` says how a user is shown, `get_profiles` and `list_members` show it."""

import pytest

from chat.protocol.ids import UserId, Username
from chat.storage.identities import rename
from chat.storage.tables import ProfileRow, UserRow
from chat.storage.users import User
from testing.injection import inject_before
from testing.people import Client, Person
from testing.simulation import Simulation
from testing.sockets import Frame


def sets(client: Client, **data: object) -> Frame:
    reply = client.sends("set_profile", data=data)
    assert reply["type"] == "profile_set", reply
    profile: Frame = reply["data"]
    return profile


def profiles(client: Client, *user_ids: str) -> list[Frame]:
    reply = client.sends("get_profiles", data={"user_ids": list(user_ids)})
    assert reply["type"] == "profiles", reply
    items: list[Frame] = reply["data"]["items"]
    return items


ALICE = {"user_id": "user-alice", "username": "alice"}
BOB = {"user_id": "user-bob", "username": "bob"}


def test_display_name_is_composed_and_trimmed(alice: Person) -> None:
    hers = alice.logs_in()

    profile = sets(hers, display_name=" Re\u0301ne\u0301e \u00c5\t")

    assert profile == ALICE | {"display_name": "R\u00e9n\u00e9e \u00c5"}
    assert profiles(hers, "user-alice") == [profile]


def test_null_removes_the_display_name(alice: Person) -> None:
    hers = alice.logs_in()
    sets(hers, display_name="Alice Doe")

    assert sets(hers, display_name=None) == ALICE
    assert profiles(hers, "user-alice") == [ALICE]


def test_what_is_left_out_stays(alice: Person) -> None:
    hers = alice.logs_in()
    named = sets(hers, display_name="Alice Doe")

    assert sets(hers) == named


@pytest.mark.parametrize(
    "name", ["", "  ", "\u200b", "x" * 65, "a\nb", "\u202eecila", "a\u2066b", "\x00", "\u3164", 7]
)
def test_name_that_shows_nothing_or_turns_text_around_is_rejected(
    alice: Person, name: object
) -> None:
    hers = alice.logs_in()

    reply = hers.is_rejected("bad_request", "set_profile", data={"display_name": name})

    assert reply["data"] == {"field": "data.display_name"}
    assert profiles(hers, "user-alice") == [ALICE]


def test_length_of_a_name_is_counted_once_it_is_composed(alice: Person) -> None:
    profile = sets(alice.logs_in(), display_name="e\u0301" * 64)

    assert profile["display_name"] == "\u00e9" * 64


def test_profiles_come_in_the_order_of_the_ids_each_once(alice: Person, bob: Person) -> None:
    hers = alice.logs_in()
    sets(bob.logs_in(), display_name="Robert")

    found = profiles(hers, "user-bob", "user-nobody", "user-alice", "user-bob")

    assert found == [BOB | {"display_name": "Robert"}, ALICE]


@pytest.mark.parametrize("number", [0, 51])
def test_one_to_fifty_profiles_are_asked_for_at_once(alice: Person, number: int) -> None:
    alice.logs_in().is_rejected(
        "bad_request", "get_profiles", data={"user_ids": ["user-alice"] * number}
    )


def test_fifty_of_the_longest_profiles_fit_a_frame(simulation: Simulation, alice: Person) -> None:
    hers = alice.logs_in()
    for number in range(50):
        person = Person(simulation, f"{number:02}" + "u" * 62)
        ProfileRow(person.user.user_id).update(
            actions=[ProfileRow.display_name.set("\U0001f642" * 64)]
        )
    ids = [f"user-{number:02}" + "u" * 62 for number in range(50)]

    assert len(profiles(hers, *ids)) == 50


def test_members_are_listed_with_their_display_names(alice: Person, bob: Person) -> None:
    hers = alice.logs_in()
    conversation = hers.creates(bob)
    sets(bob.logs_in(), display_name="Robert")

    items = hers.sends("list_members", conversationId=conversation)["data"]["items"]

    assert {each["username"]: each.get("display_name") for each in items} == {
        "alice": None,
        "bob": "Robert",
    }


def test_renamed_user_keeps_the_display_name(alice: Person, bob: Person) -> None:
    hers = alice.logs_in()
    sets(bob.logs_in(), display_name="Robert")

    rename(bob.user, Username("bobby"))

    shown = {"user_id": "user-bob", "username": "bobby", "display_name": "Robert"}
    assert profiles(hers, "user-bob") == [shown]


def test_user_of_an_older_version_gets_a_profile_by_setting_it(alice: Person) -> None:
    hers = alice.logs_in()
    ProfileRow(alice.user.user_id).delete()

    assert profiles(hers, "user-alice") == []
    assert sets(hers) == ALICE
    sets(hers, display_name="Alice Doe")
    assert profiles(hers, "user-alice") == [ALICE | {"display_name": "Alice Doe"}]


def test_user_who_is_deleted_meanwhile_leaves_no_profile(
    simulation: Simulation, alice: Person
) -> None:
    hers = alice.logs_in()

    def deleted() -> None:
        UserRow(alice.user.username).delete()
        ProfileRow(alice.user.user_id).delete()

    with inject_before(simulation, "TransactWriteItems", deleted):
        hers.is_rejected("not_authenticated", "set_profile", data={"display_name": "Alice"})

    assert list(ProfileRow.scan(ProfileRow.user_id == alice.user.user_id)) == []


def test_new_user_has_a_profile(simulation: Simulation, alice: Person) -> None:
    erin = simulation.register("erin")

    assert erin == User(UserId("user-erin"), Username("erin"))
    assert profiles(alice.logs_in(), "user-erin") == [{"user_id": "user-erin", "username": "erin"}]
