import unicodedata

import pytest

from chat.protocol.conversation_frames import MAX_NAMED_AT_CREATION
from chat.protocol.ids import ConversationId, UserId
from chat.storage.membership_changes import MAX_INITIAL_MEMBERS
from chat.storage.memberships import members_page
from testing.injection import inject_before
from testing.invariants import rows
from testing.people import Client, Person
from testing.simulation import Simulation

NOW = "2026-11-22T18:19:14.123Z"


def create_conversation(client: Client, **data: object) -> dict[str, object]:
    reply = client.sends("create_conversation", data=data)
    assert reply["type"] == "conversation_created", reply
    created: dict[str, object] = reply["data"]
    return created


def members_of(conversation_id: object) -> dict[UserId, str]:
    return {each.user_id: each.role for each in members_page(ConversationId(str(conversation_id)))}


# Groups.


def test_reply_shows_the_group_as_its_creator_sees_it(alice: Person, bob: Person) -> None:
    hers = alice.logs_in()

    reply = hers.sends(
        "create_conversation",
        data={"kind": "group", "title": "Lunch", "members": [bob.user.username]},
        requestId="r-1",
    )

    conversation_id = reply["data"].pop("conversation_id")
    assert reply == {
        "type": "conversation_created",
        "requestId": "r-1",
        "data": {
            "kind": "group",
            "title": "Lunch",
            "role": "owner",
            "last_seq": 0,
            "last_activity_at": NOW,
            "last_read_seq": 0,
            "unread_count": 0,
            "mention_count": 0,
            "created_at": NOW,
        },
    }
    assert members_of(conversation_id) == {"user-alice": "owner", "user-bob": "member"}


def test_every_other_connection_of_the_members_receives_the_new_group(
    alice: Person, bob: Person
) -> None:
    hers, phone = alice.logs_in(), alice.logs_in()
    his, tablet = bob.logs_in(), bob.logs_in()

    created = create_conversation(hers, kind="group", members=["bob"])

    hers.receives_nothing()
    assert phone.receives("conversation_created") == created
    assert his.receives("conversation_created") == created | {"role": "member"}
    assert tablet.receives("conversation_created") == created | {"role": "member"}


def test_same_people_can_create_two_groups(alice: Person, bob: Person) -> None:
    hers = alice.logs_in()

    assert hers.creates(bob) != hers.creates(bob)


def test_group_may_have_one_member(alice: Person) -> None:
    hers = alice.logs_in()

    created = create_conversation(hers, kind="group", members=[])

    assert members_of(created["conversation_id"]) == {"user-alice": "owner"}


def test_members_named_twice_count_once(alice: Person, bob: Person) -> None:
    hers = alice.logs_in()

    created = create_conversation(hers, kind="group", members=["bob", "alice", "bob"])

    assert members_of(created["conversation_id"]) == {"user-alice": "owner", "user-bob": "member"}
    assert bob.user.username == "bob"


def test_the_largest_group_is_created_whole(simulation: Simulation, alice: Person) -> None:
    names = [
        simulation.register(f"person{number}").username for number in range(MAX_NAMED_AT_CREATION)
    ]
    hers = alice.logs_in()

    created = create_conversation(hers, kind="group", members=names)

    assert len(members_of(created["conversation_id"])) == MAX_NAMED_AT_CREATION + 1


def test_largest_frame_fits_one_transaction() -> None:
    assert MAX_NAMED_AT_CREATION + 1 == MAX_INITIAL_MEMBERS


@pytest.mark.parametrize("at_the_limit", ["creator", "named"])
@pytest.mark.parametrize("kind", ["group", "direct"])
def test_creation_fails_if_a_member_is_in_too_many_conversations(
    simulation: Simulation, alice: Person, bob: Person, kind: str, at_the_limit: str
) -> None:
    hers, his = alice.logs_in(), bob.logs_in()
    simulation.services = simulation.with_limits(conversations_per_user=1)
    (hers if at_the_limit == "creator" else his).creates()
    on_rosters = rows("RosterTable")

    refused = hers.is_rejected(
        "conflict", "create_conversation", data={"kind": kind, "members": ["bob"]}
    )

    name = "alice" if at_the_limit == "creator" else "bob"
    assert refused["message"] == f"The user {name!r} can be in no more conversations than 1."
    his.receives_nothing()
    assert rows("RosterTable") == on_rosters
    assert len(rows("ConversationsTable")) == 1


def test_creation_with_too_many_members_fails(
    simulation: Simulation, alice: Person, bob: Person, carol: Person
) -> None:
    hers, his = alice.logs_in(), bob.logs_in()
    simulation.services = simulation.with_limits(members_per_conversation=2)
    named = [bob.user.username, carol.user.username]

    hers.is_rejected("conflict", "create_conversation", data={"kind": "group", "members": named})

    his.receives_nothing()
    assert rows("RosterTable") == rows("ConversationsTable") == []


def test_existing_direct_conversation_is_returned_at_the_limit(
    simulation: Simulation, alice: Person, bob: Person
) -> None:
    hers, his = alice.logs_in(), bob.logs_in()
    simulation.services = simulation.with_limits(conversations_per_user=1)

    conversation = hers.creates(bob, kind="direct")

    assert his.creates(alice, kind="direct") == conversation


def test_leaving_makes_room_for_another_conversation(
    simulation: Simulation, alice: Person, bob: Person
) -> None:
    hers, _ = alice.logs_in(), bob.logs_in()
    simulation.services = simulation.with_limits(conversations_per_user=1)
    first = hers.creates()

    hers.sends("leave_conversation", conversationId=first)

    assert hers.creates(bob) != first


def test_unknown_member_is_reported_by_position_and_nothing_is_created(
    alice: Person, bob: Person
) -> None:
    hers, his = alice.logs_in(), bob.logs_in()

    refused = hers.is_rejected(
        "bad_request", "create_conversation", data={"kind": "group", "members": ["bob", "zoe"]}
    )

    assert refused["data"] == {"field": "data.members[1]"}
    his.receives_nothing()
    assert hers.sends("list_conversations")["data"]["items"] == []


# Direct conversations.


def test_direct_conversation_has_exactly_two_members(alice: Person, bob: Person) -> None:
    hers, his = alice.logs_in(), bob.logs_in()

    created = create_conversation(hers, kind="direct", members=["bob"])

    assert created["kind"] == "direct"
    assert "title" not in created
    assert his.receives("conversation_created")["conversation_id"] == created["conversation_id"]
    assert set(members_of(created["conversation_id"])) == {"user-alice", "user-bob"}


def test_creating_a_direct_conversation_again_returns_its_current_state(
    alice: Person, bob: Person
) -> None:
    hers, his = alice.logs_in(), bob.logs_in()
    conversation = hers.creates(bob, kind="direct")
    said = hers.says("Hello", to=conversation)
    alice.simulation.advance_time(seconds=60)
    his.discards_received()

    again = create_conversation(his, kind="direct", members=["alice"])

    assert again == {
        "conversation_id": conversation,
        "kind": "direct",
        "role": "member",
        "last_seq": 1,
        "last_message": said,
        "last_activity_at": NOW,
        "last_read_seq": 0,
        "unread_count": 1,
        "mention_count": 0,
        "created_at": NOW,
    }


def test_creating_a_direct_conversation_again_notifies_nobody(alice: Person, bob: Person) -> None:
    hers, his = alice.logs_in(), bob.logs_in()
    hers.creates(bob, kind="direct")
    his.discards_received()

    his.creates(alice, kind="direct")

    hers.receives_nothing()
    his.receives_nothing()


def test_each_pair_of_users_has_its_own_direct_conversation(
    alice: Person, bob: Person, carol: Person
) -> None:
    hers, his = alice.logs_in(), bob.logs_in()

    ids = {
        hers.creates(bob, kind="direct"),
        hers.creates(carol, kind="direct"),
        his.creates(carol, kind="direct"),
    }

    assert len(ids) == 3


def test_title_is_trimmed_and_normalized_before_it_is_measured(alice: Person) -> None:
    typed = unicodedata.normalize("NFD", f"  {'각' * 128}  ")

    reply = alice.logs_in().sends(
        "create_conversation", data={"kind": "group", "members": [], "title": typed}
    )

    assert reply["data"]["title"] == "각" * 128


def test_usernames_are_matched_in_any_width_and_case(alice: Person, bob: Person) -> None:
    hers, his = alice.logs_in(), bob.logs_in()

    reply = hers.sends("create_conversation", data={"kind": "direct", "members": ["\uff22ob"]})

    assert (
        his.receives("conversation_created")["conversation_id"]
        == (reply["data"]["conversation_id"])
    )


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"members": []}, "data.members"),
        ({"members": ["alice"]}, "data.members"),
        ({"members": ["bob", "carol"]}, "data.members"),
        ({"members": ["bob"], "title": "Us"}, "data.title"),
    ],
    ids=str,
)
def test_direct_conversation_takes_one_other_member_and_no_title(
    alice: Person,
    bob: Person,  # noqa: ARG001 -- to be there
    carol: Person,  # noqa: ARG001 -- to be there
    data: dict[str, object],
    field: str,
) -> None:
    hers = alice.logs_in()

    refused = hers.is_rejected(
        "bad_request", "create_conversation", data={"kind": "direct", **data}
    )

    assert refused["data"] == {"field": field}


# Frames.


@pytest.mark.parametrize(
    ("data", "field"),
    [
        (None, "data"),
        ({"members": []}, "data.kind"),
        ({"kind": "channel", "members": []}, "data.kind"),
        ({"kind": "group"}, "data.members"),
        ({"kind": "group", "members": "bob"}, "data.members"),
        ({"kind": "group", "members": [7]}, "data.members[0]"),
        ({"kind": "group", "members": [""]}, "data.members[0]"),
        ({"kind": "group", "members": ["x" * 65]}, "data.members[0]"),
        ({"kind": "group", "members": ["x"] * (MAX_NAMED_AT_CREATION + 1)}, "data.members"),
        ({"kind": "group", "members": [], "title": ""}, "data.title"),
        ({"kind": "group", "members": [], "title": None}, "data.title"),
        ({"kind": "group", "members": [], "title": "x" * 129}, "data.title"),
        ({"kind": "group", "members": [], "title": "   "}, "data.title"),
        ({"kind": "group", "members": [], "title": "\u200b"}, "data.title"),
        ({"kind": "group", "members": [], "title": "evil\u202etxt"}, "data.title"),
        ({"kind": "group", "members": [], "title": "two\nlines"}, "data.title"),
    ],
    ids=lambda each: str(each)[:50],
)
def test_error_names_the_wrong_field(alice: Person, data: object, field: str) -> None:
    hers = alice.logs_in()

    refused = hers.is_rejected("bad_request", "create_conversation", data=data)

    assert refused["data"] == {"field": field}


def test_direct_conversation_created_by_both_concurrently_is_one(
    alice: Person, bob: Person
) -> None:
    hers, his = alice.logs_in(), bob.logs_in()
    his_own: list[str] = []

    def create() -> None:
        his_own.append(his.creates(alice, kind="direct"))

    with inject_before(alice.simulation, "TransactWriteItems", create):
        conversation = hers.creates(bob, kind="direct")

    assert his_own == [conversation]
    assert hers.says("Hello", to=conversation)["seq"] == 1
