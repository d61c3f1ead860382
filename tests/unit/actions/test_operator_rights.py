"""A call `as_operator` needs no membership and no role; all other rules hold."""

from typing import Any

import pytest

from testing.backend import Backend
from testing.people import Client, Person
from testing.simulation import Simulation
from testing.sockets import Frame

type Group = tuple[Client, Client, str]


@pytest.fixture
def group(alice: Person, bob: Person) -> Group:
    hers, his = alice.logs_in(), bob.logs_in()
    conversation = hers.creates(bob)
    for number in range(2):
        hers.says(f"number {number}", to=conversation)
    his.discards_received()
    return hers, his, conversation


class Operator:
    """Carol, who is no member, with the rights of an operator."""

    def __init__(self, simulation: Simulation) -> None:
        self._backend = Backend(simulation)

    def sends(self, type_: str, **envelope: Any) -> Frame:  # noqa: ANN401 -- a frame's fields
        frame = {"type": type_, **envelope}
        [reply] = self._backend.calls("carol", frame, as_operator=True)["replies"]
        answered: Frame = reply
        return answered

    def does(self, type_: str, **envelope: Any) -> dict[str, Any]:  # noqa: ANN401 -- as above
        reply = self.sends(type_, **envelope)
        assert reply["type"] != "error", reply
        data: dict[str, Any] = reply["data"]
        return data


@pytest.fixture
def operator(simulation: Simulation, carol: Person) -> Operator:
    assert carol.user.username == "carol"
    return Operator(simulation)


def test_operator_sends_to_a_conversation_of_others(operator: Operator, group: Group) -> None:
    hers, his, conversation = group
    data = {"content": "Maintenance at six", "mentions": ["*"]}

    sent = operator.does("chat_message", conversationId=conversation, data=data)

    assert (sent["username"], sent["mentions"]) == ("carol", ["*"])
    assert hers.receives("chat_message") == his.receives("chat_message") == sent


def test_operator_does_not_become_a_member(operator: Operator, group: Group) -> None:
    hers, _, conversation = group

    operator.does("chat_message", conversationId=conversation, data={"content": "Hi"})

    members = hers.sends("list_members", conversationId=conversation)["data"]["items"]
    assert {each["username"] for each in members} == {"alice", "bob"}


def test_operator_edits_and_deletes(operator: Operator, group: Group) -> None:
    _, his, conversation = group
    own = operator.does("chat_message", conversationId=conversation, data={"content": "Hi"})

    operator.does(
        "edit_message",
        messageId=own["message_id"],
        data={"content": "Ho", "mentions": ["*"]},
    )
    deleted = operator.does("delete_message", messageId=f"{conversation}:1")

    assert his.receives("chat_message")["content"] == "Hi"
    assert his.receives("message_changed")["content"] == "Ho"
    assert his.receives("message_changed") == deleted


def test_operator_edits_no_message_of_another(operator: Operator, group: Group) -> None:
    _, _, conversation = group

    reply = operator.sends(
        "edit_message", messageId=f"{conversation}:1", data={"content": "I owe you"}
    )

    assert reply["code"] == "forbidden"


def test_operator_deletes_a_message_of_a_direct_conversation(
    operator: Operator, alice: Person, bob: Person
) -> None:
    hers = alice.logs_in()
    conversation = hers.creates(bob, kind="direct")
    hers.says("Hello", to=conversation)

    operator.does("delete_message", messageId=f"{conversation}:1")

    page = hers.sends("history", conversationId=conversation)["data"]
    assert page["messages"][0]["content"] == ""


def test_operator_reacts(operator: Operator, group: Group) -> None:
    hers, his, conversation = group
    given: dict[str, Any] = {"messageId": f"{conversation}:1"}

    operator.does("react", **given, data={"reaction": "👍", "is_on": True})
    hers.sends("react", **given, data={"reaction": "👍", "is_on": True})
    operator.does("react", **given, data={"reaction": "👍", "is_on": True})

    shown = his.sends("list_reactions", **given)["data"]["items"]
    assert {each["username"] for each in shown} == {"alice", "carol"}


def test_operator_reads(operator: Operator, group: Group) -> None:
    hers, _, conversation = group
    here: dict[str, Any] = {"conversationId": conversation}

    for type_, envelope in (
        ("history", here),
        ("list_members", here),
        ("get_messages", here | {"data": {"message_ids": [f"{conversation}:1"]}}),
        ("list_reactions", {"messageId": f"{conversation}:1"}),
    ):
        assert operator.does(type_, **envelope) == hers.sends(type_, **envelope)["data"]


def test_operator_changes_the_conversation_in_its_own_name(
    operator: Operator, group: Group
) -> None:
    _, his, conversation = group
    here: dict[str, Any] = {"conversationId": conversation}

    operator.does("set_title", **here, data={"title": "Tea"})
    operator.does("pin_message", messageId=f"{conversation}:1")
    operator.does("unpin_message", messageId=f"{conversation}:1")
    operator.does("set_role", **here, data={"username": "bob", "role": "moderator"})

    changes = [his.receives("conversation_changed") for _ in range(4)]
    assert [each["change"] for each in changes] == ["renamed", "pinned", "unpinned", "role"]
    assert {each["by"]["username"] for each in changes} == {"carol"}


def test_operator_adds_and_removes_members(
    operator: Operator, simulation: Simulation, group: Group
) -> None:
    hers, his, conversation = group
    Person(simulation, "dora")
    here: dict[str, Any] = {"conversationId": conversation}

    operator.does("add_members", **here, data={"members": ["dora"]})
    removed = operator.does("remove_member", **here, data={"username": "alice"})

    assert his.receives("members_added")["by"]["username"] == "carol"
    assert his.receives("member_removed") == removed
    assert removed["new_owner_id"] == his.user.user_id
    hers.is_rejected("not_a_member", "history", **here)


def test_operator_mutes_bans_and_slows_down_in_its_own_name(
    operator: Operator, group: Group
) -> None:
    hers, his, conversation = group
    here: dict[str, Any] = {"conversationId": conversation}
    muted = {"username": "bob", "until": "2027-01-01T00:00:00.000Z"}

    operator.does("set_slow_mode", **here, data={"slow_seconds": 60})
    operator.does("mute_member", **here, data=muted)
    operator.does("ban_member", **here, data={"username": "bob"})
    listed = operator.does("list_bans", **here)["items"]
    operator.does("unban_member", **here, data={"username": "bob"})

    assert [each["username"] for each in listed] == ["bob"]
    assert [hers.receives("conversation_changed")["change"] for _ in range(2)] == [
        "slow_mode",
        "muted",
    ]
    assert hers.receives("member_removed")["by"]["username"] == "carol"
    his.is_rejected("not_a_member", "history", **here)


def test_operator_does_not_wait_in_slow_mode(operator: Operator, group: Group) -> None:
    hers, _, conversation = group
    here: dict[str, Any] = {"conversationId": conversation}
    hers.sends("set_slow_mode", **here, data={"slow_seconds": 60})

    for content in ("one", "two"):
        operator.does("chat_message", **here, data={"content": content})


def test_operator_who_is_a_member_leaves(operator: Operator, group: Group) -> None:
    hers, his, conversation = group
    here: dict[str, Any] = {"conversationId": conversation}
    operator.does("add_members", **here, data={"members": ["carol"]})

    operator.does("leave_conversation", **here)

    assert operator.sends("leave_conversation", **here)["code"] == "not_a_member"
    his.discards_received()
    hers.says("Is carol gone?", to=conversation)
    assert his.receives("chat_message")["content"] == "Is carol gone?"


@pytest.mark.parametrize(
    ("type_", "envelope"),
    [
        ("remove_member", {"data": {"username": "carol"}}),
        ("set_role", {"data": {"username": "bob", "role": "member"}, "conversationId": "direct"}),
        ("set_role", {"data": {"username": "alice", "role": "member"}}),
    ],
)
def test_other_rules_hold_for_an_operator(
    operator: Operator, group: Group, bob: Person, type_: str, envelope: dict[str, Any]
) -> None:
    hers, _, conversation = group
    direct = hers.creates(bob, kind="direct")
    place = direct if "conversationId" in envelope else conversation

    reply = operator.sends(type_, **envelope | {"conversationId": place})

    assert reply["code"] in {"conflict", "not_a_member"}


@pytest.mark.parametrize("type_", ["history", "chat_message", "set_title", "list_members"])
def test_operator_finds_no_conversation_that_does_not_exist(operator: Operator, type_: str) -> None:
    data = {"content": "Hi", "title": "Tea"}

    reply = operator.sends(type_, conversationId="nowhere", data=data)

    assert reply["code"] == "not_a_member"


def test_operator_cannot_reopen_a_closed_conversation(operator: Operator, group: Group) -> None:
    hers, his, conversation = group
    for client in (his, hers):
        client.sends("leave_conversation", conversationId=conversation)

    reply = operator.sends("add_members", conversationId=conversation, data={"members": ["alice"]})

    assert reply["code"] == "conflict"
    hers.is_rejected("not_a_member", "history", conversationId=conversation)


def test_backend_signs_a_user_out_everywhere(simulation: Simulation, alice: Person) -> None:
    phone, laptop = alice.logs_in(), alice.logs_in()

    reply = Backend(simulation).sends("alice", "sign_out")

    assert reply["data"] == {"reason": "sign_out"}
    for client in (phone, laptop):
        assert client.receives("signed_out") == {"reason": "sign_out"}
        assert client.connection_id not in simulation.sockets.open
    again = Client(simulation, simulation.connect(), alice.user)
    rejected = again.sends("authenticate", data={"token": phone.token})
    assert rejected["code"] == "invalid_token"
