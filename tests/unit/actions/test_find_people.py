"""`find_people` finds users by the beginning of a username or a display name."""

from base64 import b64encode

import pytest

from chat.actions.find_people import MAX_PEOPLE
from chat.protocol.ids import Username
from chat.storage.identities import rename
from chat.storage.profiles import picture_id
from chat.storage.tables import ProfileRow
from cli.admin.accounts import add_missing_profiles, disable, enable
from testing.people import Client, Person
from testing.pictures import PNG
from testing.simulation import Simulation
from testing.sockets import Frame


@pytest.fixture
def hers(simulation: Simulation, alice: Person) -> Client:
    simulation.services = simulation.with_limits(people_directory="true")
    return alice.logs_in()


def finds(client: Client, prefix: str) -> list[str]:
    reply = client.sends("find_people", data={"prefix": prefix})
    assert reply["type"] == "people", reply
    assert reply["data"].keys() == {"items"}
    return [each["username"] for each in reply["data"]["items"]]


def is_called(person: Person, name: str | None) -> None:
    reply = person.logs_in().sends("set_profile", data={"display_name": name})
    assert reply["type"] == "profile_set", reply


def test_without_a_directory_nobody_is_found(alice: Person) -> None:
    hers = alice.logs_in()

    hers.is_rejected("unknown_type", "find_people", data={"prefix": "al"})


def test_users_are_found_by_the_beginning_of_the_username(hers: Client, bob: Person) -> None:
    is_called(bob, None)

    assert finds(hers, "b") == finds(hers, "BO") == finds(hers, " bob") == ["bob"]
    assert finds(hers, "ob") == finds(hers, "bobb") == []


def test_users_are_found_by_the_beginning_of_the_display_name(hers: Client, bob: Person) -> None:
    is_called(bob, "\u00c9mile Zola")

    for prefix in ("\u00e9", "e\u0301MI", "\u00c9mile z"):
        assert finds(hers, prefix) == ["bob"]
    assert finds(hers, "zola") == []
    reply = hers.sends("find_people", data={"prefix": "\u00e9"})
    shown = {"user_id": "user-bob", "username": "bob", "display_name": "\u00c9mile Zola"}
    assert reply["data"]["items"] == [shown]


def test_people_are_found_with_the_ids_of_their_pictures(hers: Client, bob: Person) -> None:
    picture = b64encode(PNG).decode()
    bob.logs_in().sends("set_profile", data={"display_name": "Zed", "picture": picture})

    shown = {"user_id": "user-bob", "username": "bob", "display_name": "Zed"}
    for prefix in ("bo", "zed"):
        reply = hers.sends("find_people", data={"prefix": prefix})
        assert reply["data"]["items"] == [shown | {"picture_id": picture_id(PNG)}]


def test_user_who_is_found_by_both_names_is_listed_once(hers: Client, bob: Person) -> None:
    is_called(bob, "Bob Marley")

    assert finds(hers, "bob") == ["bob"]


def test_former_names_find_nobody(hers: Client, bob: Person) -> None:
    is_called(bob, "Zed")
    is_called(bob, "Rob")
    rename(bob.user, Username("yuri"))

    assert finds(hers, "z") == finds(hers, "bob") == []
    assert finds(hers, "rob") == finds(hers, "yu") == ["yuri"]


def test_people_are_listed_by_the_name_that_they_are_shown_with(
    simulation: Simulation, hers: Client
) -> None:
    people = [Person(simulation, name) for name in ("mb", "mc", "ma")]
    is_called(people[2], "Md")

    assert finds(hers, "m") == ["mb", "mc", "ma"]


def test_a_reply_has_twenty_people_and_says_if_there_are_more(
    simulation: Simulation, hers: Client
) -> None:
    for number in range(MAX_PEOPLE):
        Person(simulation, f"m{number:02}")
    assert len(finds(hers, "m")) == MAX_PEOPLE

    Person(simulation, "m99")
    reply: Frame = hers.sends("find_people", data={"prefix": "m"})["data"]

    assert reply["has_more"] is True
    assert [each["username"] for each in reply["items"]][-1] == "m19"


@pytest.mark.parametrize("prefix", ["", "  ", "x" * 65, "x" * 257, 7])
def test_blank_or_long_text_is_rejected(hers: Client, prefix: object) -> None:
    reply = hers.is_rejected("bad_request", "find_people", data={"prefix": prefix})

    assert reply["data"] == {"field": "data.prefix"}


def test_disabled_user_is_not_found(hers: Client, bob: Person) -> None:
    is_called(bob, "Robert")
    his = bob.logs_in()

    disable(bob.user.username)
    his.sends("set_profile", data={"display_name": "Bobby"})
    rename(bob.user, Username("bobo"))
    assert finds(hers, "bo") == finds(hers, "ro") == []
    [shown] = hers.sends("get_profiles", data={"user_ids": ["user-bob"]})["data"]["items"]
    assert shown == {"user_id": "user-bob", "username": "bobo", "display_name": "Robert"}

    enable(Username("bobo"))
    assert finds(hers, "bo") == finds(hers, "ro") == ["bobo"]


def test_users_of_an_older_version_are_found_once_they_are_added(
    simulation: Simulation, hers: Client, bob: Person
) -> None:
    is_called(bob, "Robert")
    for name in ("dora", "erin", "frank"):
        Person(simulation, name)
    for name in ("dora", "erin"):
        ProfileRow(f"user-{name}").delete()
    disable(Username("erin"))

    assert [add_missing_profiles(), add_missing_profiles()] == [1, 0]

    assert finds(hers, "dora") == ["dora"]
    assert finds(hers, "ro") == ["bob"]
    assert finds(hers, "erin") == []
