import json
from itertools import batched
from typing import Any

import pytest

from testing.people import Client, Person
from testing.simulation import Simulation
from testing.sockets import Frame

type Group = tuple[Client, Client, str]


@pytest.fixture
def group(alice: Person, bob: Person) -> Group:
    hers, his = alice.logs_in(), bob.logs_in()
    return hers, his, hers.creates(bob)


def page(client: Client, conversation: str, **data: Any) -> Frame:  # noqa: ANN401 -- a frame's fields
    """Request a page with the longest request id; returns its `data`."""
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


def test_members_are_listed_with_role_read_mark_and_presence(group: Group) -> None:
    hers, his, conversation = group
    hers.says("one", to=conversation)
    his.sends_without_reply("read_receipt", messageId=f"{conversation}:1")
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


def test_member_is_online_until_the_last_connection_closes(group: Group, bob: Person) -> None:
    hers, his, conversation = group
    tablet = bob.logs_in()
    his.closes()
    before = page(hers, conversation)["items"][1]["online"]

    tablet.closes()

    assert before is True
    assert page(hers, conversation)["items"][1]["online"] is False


def test_member_with_an_expired_session_is_offline(
    simulation: Simulation, alice: Person, bob: Person
) -> None:
    hers = alice.logs_in()
    simulation.services = simulation.with_limits(session_seconds=600)
    bob.logs_in()
    conversation = hers.creates(bob)
    simulation.advance_time(seconds=600)

    members = page(hers, conversation)["items"]

    assert [each["online"] for each in members] == [True, False]


def test_removed_member_is_not_listed(group: Group) -> None:
    hers, _, conversation = group

    hers.sends("remove_member", conversationId=conversation, data={"username": "bob"})

    assert all_names(hers, conversation) == ["alice"]


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 6])
def test_the_pages_list_every_member_once(simulation: Simulation, group: Group, limit: int) -> None:
    hers, _, conversation = group
    more = ["dora", "eve", "frank"]
    for name in more:
        simulation.register(name)
    hers.sends("add_members", conversationId=conversation, data={"members": more})

    names = all_names(hers, conversation, limit=limit)

    assert names == ["alice", "bob", *more]


def test_page_fits_a_frame_for_any_content(simulation: Simulation, group: Group) -> None:
    hers, _, conversation = group
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
def test_error_names_the_wrong_field(group: Group, data: object, field: str) -> None:
    hers, _, conversation = group

    refused = hers.is_rejected(
        "bad_request", "list_members", conversationId=conversation, data=data
    )

    assert refused["data"] == {"field": field}


def test_cursor_of_another_user_is_rejected(group: Group) -> None:
    hers, his, conversation = group
    cursor = page(hers, conversation, limit=1)["cursor"]

    refused = his.is_rejected(
        "bad_request", "list_members", conversationId=conversation, data={"cursor": cursor}
    )

    assert refused["data"] == {"field": "data.cursor"}


def test_cursor_of_another_conversation_is_rejected(group: Group, bob: Person) -> None:
    hers, _, conversation = group
    cursor = page(hers, conversation, limit=1)["cursor"]
    elsewhere = hers.creates(bob)

    refused = hers.is_rejected(
        "bad_request", "list_members", conversationId=elsewhere, data={"cursor": cursor}
    )

    assert refused["data"] == {"field": "data.cursor"}
