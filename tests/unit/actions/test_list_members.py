import json
from itertools import batched
from typing import Any

import pytest

from testing.people import Client, Person
from testing.simulation import Simulation
from testing.sockets import Frame

type Room = tuple[Client, Client, str]


@pytest.fixture
def room(alice: Person, bob: Person) -> Room:
    hers, his = alice.arrives(), bob.arrives()
    return hers, his, hers.creates(bob)


def page(client: Client, conversation: str, **data: Any) -> Frame:  # noqa: ANN401 -- a frame's fields
    """Ask for a page with the longest request id; its `data`."""
    frame = {
        "type": "list_members",
        "conversationId": conversation,
        "data": data,
        "requestId": "😀" * 64,
    }
    body = client.simulation.invoke("list_members", client.connection_id, json.dumps(frame))["body"]
    reply: Frame = json.loads(body)
    assert reply["type"] == "members", reply
    asked: Frame = reply["data"]
    return asked


def all_names(client: Client, conversation: str, **data: Any) -> list[str]:  # noqa: ANN401 -- as above
    pages = [page(client, conversation, **data)]
    while "cursor" in pages[-1]:
        pages.append(page(client, conversation, **data, cursor=pages[-1]["cursor"]))
    return [each["username"] for one in pages for each in one["items"]]


def test_members_are_listed_with_role_mark_and_presence(room: Room) -> None:
    hers, his, conversation = room
    hers.says("one", to=conversation)
    his.sends_silently("read_receipt", messageId=f"{conversation}:1")
    his.closes()

    reply = hers.sends("list_members", conversationId=conversation, requestId="r-1")

    assert reply == {
        "type": "members",
        "requestId": "r-1",
        "data": {
            "conversation_id": conversation,
            "items": [
                {
                    "user_id": "user-alice",
                    "username": "alice",
                    "role": "owner",
                    "last_read_seq": 0,
                    "online": True,
                },
                {
                    "user_id": "user-bob",
                    "username": "bob",
                    "role": "member",
                    "last_read_seq": 1,
                    "online": False,
                },
            ],
        },
    }


def test_a_member_of_several_connections_is_online_until_the_last_closes(
    room: Room, bob: Person
) -> None:
    hers, his, conversation = room
    tablet = bob.arrives()
    his.closes()
    before = page(hers, conversation)["items"][1]["online"]

    tablet.closes()

    assert before is True
    assert page(hers, conversation)["items"][1]["online"] is False


def test_a_member_whose_session_ran_out_is_not_online(
    simulation: Simulation, alice: Person, bob: Person
) -> None:
    hers = alice.arrives()
    simulation.services = simulation.with_limits(session_seconds=600)
    bob.arrives()
    conversation = hers.creates(bob)
    simulation.passes(seconds=600)

    members = page(hers, conversation)["items"]

    assert [each["online"] for each in members] == [True, False]


def test_somebody_removed_is_listed_no_more(room: Room) -> None:
    hers, _, conversation = room

    hers.sends("remove_member", conversationId=conversation, data={"username": "bob"})

    assert all_names(hers, conversation) == ["alice"]


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 6])
def test_the_pages_list_every_member_once(simulation: Simulation, room: Room, limit: int) -> None:
    hers, _, conversation = room
    more = ["dora", "eve", "frank"]
    for name in more:
        simulation.register(name)
    hers.sends("add_members", conversationId=conversation, data={"members": more})

    names = all_names(hers, conversation, limit=limit)

    assert names == ["alice", "bob", *more]


def test_pages_fit_a_frame_whatever_stands_in_them(simulation: Simulation, room: Room) -> None:
    hers, _, conversation = room
    names = [f"{number:02}" + '"' * 62 for number in range(100)]
    for name in names:
        simulation.register(name)
    for some in batched(names, 20, strict=True):
        hers.sends("add_members", conversationId=conversation, data={"members": some})

    listed = all_names(hers, conversation, limit=100)

    assert sorted(listed) == sorted(["alice", "bob", *names])


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"limit": 0}, "data.limit"),
        ({"limit": 101}, "data.limit"),
        ({"limit": "x"}, "data.limit"),
        ({"cursor": ""}, "data.cursor"),
        ({"cursor": "not one of ours"}, "data.cursor"),
    ],
    ids=str,
)
def test_a_wrong_field_is_named(room: Room, data: object, field: str) -> None:
    hers, _, conversation = room

    refused = hers.is_refused("bad_request", "list_members", conversationId=conversation, data=data)

    assert refused["data"] == {"field": field}


def test_a_cursor_is_its_users_own(room: Room) -> None:
    hers, his, conversation = room
    cursor = page(hers, conversation, limit=1)["cursor"]

    refused = his.is_refused(
        "bad_request", "list_members", conversationId=conversation, data={"cursor": cursor}
    )

    assert refused["data"] == {"field": "data.cursor"}


def test_a_cursor_is_its_conversations_own(room: Room, bob: Person) -> None:
    hers, _, conversation = room
    cursor = page(hers, conversation, limit=1)["cursor"]
    elsewhere = hers.creates(bob)

    refused = hers.is_refused(
        "bad_request", "list_members", conversationId=elsewhere, data={"cursor": cursor}
    )

    assert refused["data"] == {"field": "data.cursor"}
