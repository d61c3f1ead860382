"""Mutes, bans and slow mode: who may set them, what they stop, and what everybody is pushed."""

from typing import Any

import pytest

from chat.protocol.encoding import rfc3339
from testing.group import MINUTE, Group, copy_of_group
from testing.invariants import check_invariants, rows
from testing.people import Client, Person
from testing.simulation import Simulation
from tests.unit.actions.history_pages import page

HOUR = 60 * MINUTE
BOB = {"user_id": "user-bob", "username": "bob"}
ALICE = {"user_id": "user-alice", "username": "alice"}


@pytest.fixture
def room(simulation: Simulation) -> Group:
    """Give a group of alice's with bob and carol, who have sent messages 2 and 3."""
    group = copy_of_group(simulation, with_bob=True)
    group.says(group.his, "bob's")()
    group.says(group.carols, "carol's")()
    group.forget()
    return group


def refused(reply: dict[str, Any], code: str) -> dict[str, Any]:
    assert (reply["type"], reply.get("code")) == ("error", code), reply
    data: dict[str, Any] = reply.get("data", {})
    return data


def later(room: Group, seconds: float) -> str:
    return rfc3339(room.simulation.now_ms + round(seconds * 1000))


# ---- mutes ---------------------------------------------------------------------------------------


def test_muted_member_is_told_until_when_and_sends_nothing(room: Group) -> None:
    until = later(room, MINUTE)
    room.mutes(room.hers)()

    frame = {"type": "chat_message", "requestId": "r-1", "conversationId": room.conversation}
    reply = room.sends(room.his, frame | {"data": {"content": "spam"}})()

    assert refused(reply, "muted") == {"until": until}
    assert reply["requestId"] == "r-1"
    assert [each["type"] for each in room.carols.received] == ["conversation_changed"]


def test_a_mute_is_answered_pushed_listed_and_found_in_history(room: Group) -> None:
    until = later(room, MINUTE)

    changed = room.mutes(room.hers)()["data"]

    assert changed["change"] == "muted"
    assert {key: changed[key] for key in BOB} == BOB
    assert changed["muted_until"] == until
    assert room.his.receives("conversation_changed") == changed
    [change] = page(room.carols, room.conversation, after_seq=3)["changes"]
    assert change["data"] == changed
    [own] = room.his.sends("list_conversations")["data"]["items"]
    assert own["muted_until"] == until
    listed = room.requests(room.carols, "list_members")()["data"]["items"]
    assert {each["username"]: each.get("muted_until") for each in listed} == {
        "alice": None,
        "bob": until,
        "carol": None,
    }


def test_muted_member_neither_edits_nor_reacts_nor_is_shown_typing(room: Group) -> None:
    room.mutes(room.hers)()
    room.forget()

    refused(room.edits(room.his, 2, "spam")(), "muted")
    refused(room.reacts(room.his, 3)(), "muted")
    refused(room.requests(room.his, "typing")(), "muted")
    room.carols.receives_nothing()


def test_muted_member_still_reads_and_deletes(room: Group) -> None:
    room.mutes(room.hers)()

    assert page(room.his, room.conversation, after_seq=0)["messages"]
    assert room.reads(room.his, 3)() is None
    assert room.deletes(room.his, 2)()["type"] == "message_changed"


def test_a_mute_ends_by_itself(room: Group) -> None:
    room.mutes(room.hers)()
    room.simulation.advance_time(MINUTE)

    assert room.says(room.his, "again")()["type"] == "chat_message"


def test_a_time_that_has_passed_ends_a_mute(room: Group) -> None:
    room.mutes(room.hers)()

    changed = room.mutes(room.hers, seconds=0)()["data"]

    assert changed["change"] == "unmuted"
    assert "muted_until" not in changed
    assert room.says(room.his, "again")()["type"] == "chat_message"
    check_invariants(room.simulation)


@pytest.mark.parametrize("seconds", [MINUTE, 0])
def test_a_mute_that_is_so_already_takes_no_number(room: Group, seconds: int) -> None:
    action = room.mutes(room.hers, seconds=seconds)
    action()
    room.forget()

    assert "seq" not in action()["data"]
    room.his.receives_nothing()


def test_a_muted_member_stays_muted_on_connections_that_come_later(room: Group) -> None:
    room.mutes(room.hers, seconds=HOUR)()
    phone = room.unauthenticated_client(room.his)
    room.authenticates(phone)()
    room.authenticates(room.his)()

    refused(room.says(phone, "spam")(), "muted")
    refused(room.says(room.his, "spam")(), "muted")
    check_invariants(room.simulation)


def test_a_mute_outlasts_the_marks_of_the_roster(room: Group) -> None:
    room.mutes(room.hers, seconds=24 * HOUR)()
    room.simulation.advance_time(3 * HOUR)
    phone = Client(room.simulation, room.simulation.connect(), room.his.user)
    phone.token = room.his.token
    room.authenticates(phone)()

    refused(room.says(phone, "spam")(), "muted")


def test_a_mute_ends_with_the_membership(room: Group) -> None:
    room.mutes(room.hers)()
    room.removes(room.hers)()
    room.simulation.advance_time(1)
    room.adds(room.hers)()

    assert room.says(room.his, "again")()["type"] == "chat_message"
    check_invariants(room.simulation)


def test_a_message_sent_again_is_answered_though_its_sender_is_muted_now(room: Group) -> None:
    sent = room.says(room.his, "Hello", key="1")()
    room.mutes(room.hers)()

    assert room.says(room.his, "Hello", key="1")() == sent


# ---- bans ----------------------------------------------------------------------------------------


def test_a_banned_member_is_out(room: Group) -> None:
    gone = room.bans(room.hers)()["data"]

    assert {key: gone[key] for key in (*BOB, "by", "is_banned")} == BOB | {
        "by": ALICE,
        "is_banned": True,
    }
    assert room.his.receives("member_removed") == gone
    assert room.carols.receives("member_removed") == gone
    refused(room.says(room.his, "spam")(), "not_a_member")
    [change] = page(room.carols, room.conversation, after_seq=3)["changes"]
    assert change == {"type": "member_removed", "data": gone}
    check_invariants(room.simulation)


def test_a_banned_user_cannot_be_added(room: Group) -> None:
    room.bans(room.hers)()
    room.forget()

    reply = room.adds(room.hers)()

    refused(reply, "conflict")
    assert "'bob' is banned" in reply["message"]
    room.his.receives_nothing()
    check_invariants(room.simulation)


def test_nobody_is_added_together_with_a_banned_user(room: Group) -> None:
    Person(room.simulation, "dora")
    room.bans(room.hers)()

    refused(room.requests(room.hers, "add_members", members=["dora", "bob"])(), "conflict")

    assert "user-dora" not in {row["user_id"] for row in rows("MembershipsTable")}


def test_a_user_who_left_can_be_banned(room: Group) -> None:
    room.requests(room.his, "leave_conversation")()
    room.forget()

    gone = room.bans(room.hers)()["data"]

    assert room.carols.receives("member_removed") == gone
    refused(room.adds(room.hers)(), "conflict")


def test_a_user_who_is_banned_already_takes_no_number(room: Group) -> None:
    room.bans(room.hers)()
    room.forget()

    again = room.bans(room.hers)()

    assert again["type"] == "member_removed"
    assert "seq" not in again["data"]
    room.carols.receives_nothing()


def test_an_unbanned_user_can_be_added_again(room: Group) -> None:
    room.bans(room.hers)()

    changed = room.unbans(room.hers)()["data"]

    assert (changed["change"], changed["username"]) == ("unbanned", "bob")
    assert room.adds(room.hers)()["data"]["members"]
    assert room.says(room.his, "again")()["type"] == "chat_message"
    check_invariants(room.simulation)


def test_joining_after_a_ban_is_dated_by_the_clock(room: Group) -> None:
    room.bans(room.hers)()
    room.unbans(room.hers)()
    room.adds(room.hers)()

    [joined] = [row for row in rows("MembershipsTable") if row["user_id"] == "user-bob"]
    assert joined["joined_at"] <= room.simulation.now_ms + 1


def test_a_member_is_added_beside_a_banned_user(room: Group) -> None:
    room.bans(room.hers, "carol")()
    room.removes(room.hers)()

    room.adds(room.hers)()

    [joined] = [row for row in rows("MembershipsTable") if row["user_id"] == "user-bob"]
    assert joined["joined_at"] <= room.simulation.now_ms + 1


def test_unbanning_a_user_who_is_not_banned_takes_no_number(room: Group) -> None:
    assert "seq" not in room.unbans(room.hers)()["data"]
    room.his.receives_nothing()


def test_leaders_list_who_is_banned(room: Group) -> None:
    room.bans(room.hers)()
    banned_at = rfc3339(room.simulation.now_ms)

    listed = room.requests(room.hers, "list_bans")()["data"]

    assert listed["items"] == [BOB | {"banned_at": banned_at, "by": ALICE}]
    refused(room.requests(room.carols, "list_bans")(), "forbidden")


def test_bans_are_listed_page_by_page(room: Group) -> None:
    room.bans(room.hers, "bob")()
    room.bans(room.hers, "carol")()

    first = room.requests(room.hers, "list_bans", limit=1)()["data"]
    second = room.requests(room.hers, "list_bans", limit=1, cursor=first["cursor"])()["data"]

    names = [each["username"] for page in (first, second) for each in page["items"]]
    assert names == ["bob", "carol"]


# ---- slow mode -----------------------------------------------------------------------------------


def test_a_member_waits_between_two_messages(room: Group) -> None:
    room.slows(room.hers)()
    room.says(room.his, "one")()
    until = later(room, MINUTE)
    room.simulation.advance_time(15)

    assert refused(room.says(room.his, "two")(), "rate_limited") == {
        "retry_after_seconds": 45,
        "until": until,
    }
    room.simulation.advance_time(45)
    assert room.says(room.his, "two")()["type"] == "chat_message"


def test_slow_mode_counts_all_connections_of_a_member(room: Group) -> None:
    phone = room.unauthenticated_client(room.his)
    room.authenticates(phone)()
    room.slows(room.hers)()
    room.says(room.his, "one")()

    refused(room.says(phone, "two")(), "rate_limited")
    assert room.says(room.carols, "hers")()["type"] == "chat_message"


def test_a_refused_message_takes_no_number(room: Group) -> None:
    room.slows(room.hers)()
    room.says(room.his, "one")()
    last = room.last_seq()

    room.says(room.his, "two")()

    assert room.last_seq() == last


def test_owners_and_moderators_do_not_wait(room: Group) -> None:
    room.gives_role(room.hers, "carol", "moderator")()
    room.slows(room.hers)()

    for client in (room.hers, room.carols):
        for _ in range(2):
            assert room.says(client, "again")()["type"] == "chat_message"


def test_a_message_in_slow_mode_can_be_sent_again(room: Group) -> None:
    room.slows(room.hers)()
    sent = room.says(room.his, "one", key="1")()

    assert room.says(room.his, "one", key="1")() == sent


def test_slow_mode_is_answered_pushed_listed_and_found_in_history(room: Group) -> None:
    changed = room.slows(room.hers, 30)()["data"]

    assert (changed["change"], changed["slow_seconds"]) == ("slow_mode", 30)
    assert room.his.receives("conversation_changed") == changed
    [listed] = room.his.sends("list_conversations")["data"]["items"]
    assert listed["slow_seconds"] == 30
    [change] = page(room.carols, room.conversation, after_seq=3)["changes"]
    assert change["data"] == changed


def test_slow_mode_ends(room: Group) -> None:
    room.slows(room.hers)()
    room.says(room.his, "one")()

    assert room.slows(room.hers, 0)()["data"]["slow_seconds"] == 0

    assert room.says(room.his, "two")()["type"] == "chat_message"
    check_invariants(room.simulation)


def test_the_slow_mode_that_it_has_takes_no_number(room: Group) -> None:
    room.slows(room.hers)()
    room.forget()

    assert "seq" not in room.slows(room.hers)()["data"]
    room.his.receives_nothing()


# ---- who may -------------------------------------------------------------------------------------

ON_A_USER = ["mute_member", "ban_member"]


def acts(room: Group, client: Client, type_: str, username: str) -> dict[str, Any]:
    data = {"username": username} | ({"until": later(room, MINUTE)} if "mute" in type_ else {})
    reply: dict[str, Any] = room.requests(client, type_, **data)()
    return reply


@pytest.mark.parametrize("type_", [*ON_A_USER, "unban_member"])
def test_a_member_may_act_on_nobody(room: Group, type_: str) -> None:
    refused(acts(room, room.his, type_, "carol"), "forbidden")
    room.hers.receives_nothing()


def test_a_member_may_not_set_slow_mode(room: Group) -> None:
    refused(room.slows(room.his)(), "forbidden")


@pytest.mark.parametrize("type_", ON_A_USER)
def test_a_moderator_acts_on_members_only(room: Group, type_: str) -> None:
    room.gives_role(room.hers, "bob", "moderator")()

    refused(acts(room, room.his, type_, "alice"), "forbidden")
    refused(acts(room, room.his, type_, "bob"), "forbidden")
    assert "seq" in acts(room, room.his, type_, "carol")["data"]


@pytest.mark.parametrize("type_", ON_A_USER)
def test_an_owner_acts_on_moderators_but_on_no_owner(room: Group, type_: str) -> None:
    room.gives_role(room.hers, "bob", "moderator")()
    room.gives_role(room.hers, "carol", "owner")()

    refused(acts(room, room.hers, type_, "carol"), "forbidden")
    refused(acts(room, room.hers, type_, "alice"), "forbidden")
    assert "seq" in acts(room, room.hers, type_, "bob")["data"]
    check_invariants(room.simulation)


@pytest.mark.parametrize("type_", [*ON_A_USER, "unban_member"])
def test_nobody_is_moderated_in_a_direct_conversation(room: Group, type_: str) -> None:
    direct = room.hers.creates(Person(room.simulation, "dora"), kind="direct")
    data = {"username": "dora"} | ({"until": later(room, MINUTE)} if "mute" in type_ else {})

    room.hers.is_rejected("conflict", type_, conversationId=direct, data=data)


def test_only_a_member_can_be_muted(room: Group) -> None:
    room.removes(room.hers)()

    refused(acts(room, room.hers, "mute_member", "bob"), "conflict")


@pytest.mark.parametrize("type_", [*ON_A_USER, "unban_member"])
def test_an_unknown_user_is_named_by_the_field(room: Group, type_: str) -> None:
    reply = acts(room, room.hers, type_, "nobody")

    assert refused(reply, "bad_request")["field"].startswith("data.username")


# ---- reports -------------------------------------------------------------------------------------


def test_a_report_is_stored_counted_and_pushed_to_nobody(room: Group) -> None:
    message = f"{room.conversation}:2"

    room.carols.sends_without_reply("report_message", messageId=message, data={"reason": " Spam "})

    assert rows("ReportsTable") == [
        {
            "conversation_id": room.conversation,
            "reported_by": "2#user-carol",
            "username": "carol",
            "reported_at": room.simulation.now_ms,
            "reason": "Spam",
        }
    ]
    assert room.simulation.metrics["Reports"] == 1
    room.his.receives_nothing()


def test_a_later_report_of_the_same_member_replaces_the_earlier(room: Group) -> None:
    message = f"{room.conversation}:2"
    room.carols.sends_without_reply("report_message", messageId=message, data={"reason": "Spam"})

    reply = room.carols.sends("report_message", messageId=message, requestId="r-1")

    assert reply == {"type": "ack", "requestId": "r-1"}
    [report] = rows("ReportsTable")
    assert "reason" not in report


@pytest.mark.parametrize("reason", ["\u202e", "a\nb", "x" * 501, " "])
def test_a_reason_can_be_shown_in_a_terminal(room: Group, reason: str) -> None:
    data = {"reason": reason}
    frame = {"messageId": f"{room.conversation}:2", "data": data}

    room.carols.is_rejected("bad_request", "report_message", **frame)


def test_a_message_that_is_not_there_or_deleted_cannot_be_reported(room: Group) -> None:
    room.deletes(room.his, 2)()

    room.carols.is_rejected("conflict", "report_message", messageId=f"{room.conversation}:2")
    room.carols.is_rejected("not_a_member", "report_message", messageId=f"{room.conversation}:99")
    room.carols.is_rejected("not_a_member", "report_message", messageId="nothing")
    assert rows("ReportsTable") == []


def test_only_members_report(room: Group) -> None:
    room.removes(room.hers)()

    room.his.is_rejected("not_a_member", "report_message", messageId=f"{room.conversation}:3")
