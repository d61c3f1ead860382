"""`set_profile` says how a user is shown, `get_profiles` and `list_members` show it."""

from base64 import b64encode

import pytest

from chat.protocol.ids import UserId, Username
from chat.protocol.limits import MAX_PICTURE_BYTES
from chat.storage.identities import rename
from chat.storage.profiles import picture_id
from chat.storage.tables import ProfileRow, UserRow
from chat.storage.users import User
from cli.admin.accounts import delete
from testing.capacity_meter import metered
from testing.injection import inject_before
from testing.people import Client, Person
from testing.pictures import JPEG, LOSSY_WEBP, PNG, largest
from testing.simulation import Simulation
from testing.sockets import Frame
from testing.stored import find_stored


def sets(client: Client, **data: object) -> Frame:
    reply = client.sends("set_profile", data=data)
    assert reply["type"] == "profile_set", reply
    profile: Frame = reply["data"]
    return profile


def profiles(client: Client, *user_ids: str) -> list[Frame]:
    reply = client.sends("get_profiles", data={"user_ids": list(user_ids)})
    assert reply["type"] == "profiles", reply
    assert reply["data"].keys() == {"items"}
    items: list[Frame] = reply["data"]["items"]
    return items


def pictures(client: Client, *user_ids: str) -> Frame:
    reply = client.sends("get_profiles", data={"user_ids": list(user_ids), "pictures": True})
    assert reply["type"] == "profiles", reply
    data: Frame = reply["data"]
    return data


def encoded(picture: bytes) -> str:
    return b64encode(picture).decode()


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
    ids = [with_largest_profile(simulation, number) for number in range(50)]

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


@pytest.mark.parametrize("picture", [LOSSY_WEBP, JPEG, PNG, largest()])
def test_picture_is_returned_as_it_was_set_to_those_who_ask_for_it(
    alice: Person, bob: Person, picture: bytes
) -> None:
    his = bob.logs_in()
    named = BOB | {"picture_id": picture_id(picture)}

    assert sets(his, picture=encoded(picture)) == named

    assert profiles(his, "user-bob") == [named]
    shown = pictures(alice.logs_in(), "user-alice", "user-bob")
    assert shown == {"items": [ALICE, named | {"picture": encoded(picture)}]}


def test_name_and_picture_are_set_apart_and_together(alice: Person) -> None:
    hers = alice.logs_in()
    png = {"picture_id": picture_id(PNG)}

    assert sets(hers, picture=encoded(PNG)) == ALICE | png
    assert sets(hers, display_name="Al") == ALICE | png | {"display_name": "Al"}
    assert sets(hers, picture=None) == ALICE | {"display_name": "Al"}
    assert sets(hers, picture=encoded(PNG), display_name=None) == ALICE | png
    assert sets(hers) == ALICE | png


def test_null_removes_the_picture(alice: Person) -> None:
    hers = alice.logs_in()
    sets(hers, picture=encoded(PNG))

    assert sets(hers, picture=None) == ALICE

    assert pictures(hers, "user-alice") == {"items": [ALICE]}
    assert "picture" not in str(find_stored("ProfilesTable", {"user_id": {"S": "user-alice"}}))


def test_picture_of_too_many_bytes_is_rejected_with_the_limit(alice: Person) -> None:
    hers = alice.logs_in()

    picture = encoded(largest() + b"\0")
    reply = hers.is_rejected("too_large", "set_profile", data={"picture": picture})

    assert reply["data"] == {"limit_bytes": MAX_PICTURE_BYTES}
    assert profiles(hers, "user-alice") == [ALICE]


@pytest.mark.parametrize(
    "picture",
    [
        "",
        "?",
        "data:image/png;base64," + encoded(PNG),
        encoded(PNG)[:-1],
        encoded(PNG).replace("/", "_"),
        encoded(b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        encoded(b"<!doctype html><script>alert(1)</script>"),
        encoded(PNG + b"<!doctype html>"),
        encoded(b"GIF89a" + bytes(60)),
        "https://example.org/me.png",
        7,
        True,
        [encoded(PNG)],
    ],
)
def test_what_is_no_picture_is_rejected(alice: Person, picture: object) -> None:
    hers = alice.logs_in()
    named = sets(hers, picture=encoded(JPEG))

    data = {"picture": picture, "display_name": "Alice"}
    reply = hers.is_rejected("bad_request", "set_profile", data=data)

    assert reply["data"] == {"field": "data.picture"}
    assert profiles(hers, "user-alice") == [named]


def test_pictures_that_do_not_fit_a_frame_are_named_and_asked_for_again(
    simulation: Simulation, alice: Person
) -> None:
    hers = alice.logs_in()
    wanted = [with_largest_profile(simulation, number) for number in range(50)]
    shown: list[str] = []

    while wanted:
        data = pictures(hers, *wanted)
        assert [*(each["user_id"] for each in data["items"]), *data.get("left_out", [])] == wanted
        assert all(each["picture"] == encoded(largest()) for each in data["items"])
        shown += [each["user_id"] for each in data["items"]]
        wanted = data.get("left_out", [])
        assert len(data["items"]) >= 5 or not wanted

    assert len(shown) == 50


def test_picture_does_not_make_others_pay_more_to_list_members(
    simulation: Simulation, alice: Person, bob: Person
) -> None:
    """With all that is longest, a profile is one read unit."""
    hers = alice.logs_in()
    conversation = hers.creates(bob)

    def units() -> float:
        with metered(simulation.dynamodb, find_stored) as bill:
            hers.sends("list_members", conversationId=conversation)
        return bill.read_units

    before = units()
    sets(bob.logs_in(), display_name="\U0001f642" * 64, picture=encoded(largest()))
    items = hers.sends("list_members", conversationId=conversation)["data"]["items"]

    assert units() == before
    [his] = [each for each in items if each["username"] == "bob"]
    assert his["picture_id"] == picture_id(largest())
    assert "picture" not in his


def test_largest_profile_is_one_read_unit(simulation: Simulation, alice: Person) -> None:
    user_id = with_largest_profile(simulation, 0)
    hers = alice.logs_in()

    with metered(simulation.dynamodb, find_stored) as bill:
        pictures(hers, user_id)

    assert bill.read_units == 0.5


def test_deleted_user_leaves_no_picture(alice: Person, bob: Person) -> None:
    sets(bob.logs_in(), picture=encoded(PNG))

    assert delete(bob.user)

    assert pictures(alice.logs_in(), "user-bob") == {"items": []}
    assert find_stored("ProfilesTable", {"user_id": {"S": "user-bob"}}) is None


def with_largest_profile(simulation: Simulation, number: int) -> str:
    """Register a user of whom as much is stored and shown as can be."""
    person = Person(simulation, f"{number:02}" + "u" * 62)
    sets(person.logs_in(), display_name="\U0001f642" * 64, picture=encoded(largest()))
    return person.user.user_id


def test_another_picture_has_another_id(alice: Person) -> None:
    hers = alice.logs_in()

    ids = [sets(hers, picture=encoded(each))["picture_id"] for each in (PNG, JPEG, PNG)]

    assert ids[0] == ids[2] != ids[1]
