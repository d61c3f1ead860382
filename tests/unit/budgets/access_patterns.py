"""The cost of each access pattern, named as in `docs/data-model.md`."""

from collections.abc import Callable, Iterator, Mapping
from copy import replace
from typing import Any

from chat.protocol.ids import AttachmentId, ClientMessageId, UserId, Username
from chat.protocol.server_frames import Person
from chat.storage import (
    attachments,
    connections,
    conversations,
    memberships,
    message_pages,
    message_texts,
    messages,
    numbers,
    presence,
    roster,
    roster_changes,
    users,
    wakes,
    watches,
)
from chat.storage.connections import Session
from chat.storage.membership_changes import delete_member, put_members
from chat.storage.memberships import Membership
from testing.capacity_meter import metered
from testing.group import Group, create_group
from testing.simulation import Simulation
from testing.stored import find_stored
from tests.unit.budgets.measurement import CONTENT, Cost

ALICE, BOB = UserId("user-alice"), UserId("user-bob")

type Acts = Iterator[tuple[str, Callable[[], Any]]]


def measure_patterns() -> Mapping[str, Cost]:
    """Measure every access pattern in a group of three at four connections, with three messages."""
    simulation = Simulation()
    room = create_group(simulation).with_bob()
    for _ in range(3):
        room.says(room.hers, CONTENT)()
    return {name: _measure(simulation, act) for name, act in _acts(room)}


def _measure(simulation: Simulation, act: Callable[[], Any]) -> Cost:
    with metered(simulation.dynamodb, find_stored) as bill:
        act()
    return Cost(len(bill.requests), bill.read_units, bill.write_units)


def _acts(room: Group) -> Acts:
    yield from _who(room)
    yield from _what(room)
    yield from _membership(room)
    yield from _presence(room)
    yield from _rosters(room)
    yield from _files(room)


def _who(room: Group) -> Acts:
    now, his = room.simulation.now_ms, room.his.connection_id
    fresh = room.unauthenticated_client(room.his).connection_id
    session = Session(fresh, BOB, Username("bob"), now + 60_000, now)
    yield "a credential", lambda: users.find_credential(Username("bob"))
    yield "users by their names, for each", lambda: users.find_users([Username("bob")])
    yield "a connection", lambda: connections.find_connection(his)
    yield (
        "a connection, and one more of what it does",
        lambda: connections.increment_rate_counter(his, "lists", 1),
    )
    yield "a user's sessions", lambda: connections.sessions_of(BOB, now)
    yield "a session opened", lambda: connections.open_session(session)
    yield "a session ended", lambda: connections.end_session(session)


def _what(room: Group) -> Acts:
    where, now = room.conversation, room.simulation.now_ms
    draft = messages.Draft(
        conversation_id=where,
        user_id=ALICE,
        username=Username("alice"),
        content=CONTENT,
        type="text",
        client_message_id=ClientMessageId("1"),
        created_at=now,
    )
    yield "a conversation", lambda: conversations.find_conversation(where)
    yield "conversations, for each", lambda: conversations.find_conversations([where])
    yield "the next number", lambda: conversations.next_seq(where, now)
    yield "a gap sealed", lambda: numbers.seal_gap(where, 4)
    yield "a message numbered and stored once", lambda: messages.store_message(draft)
    yield "a message", lambda: messages.find_message(where, 1)
    yield "messages after a number", lambda: message_pages.slots_after(where, 0, 3, 51)
    yield (
        "what messages say, a megabyte at most",
        lambda: message_texts.texts_between(where, 1, 4, is_consistent=True),
    )
    yield "messages before a number", lambda: list(message_pages.numbers_before(where, 4, 51))
    summary = (where, 3, BOB, 0, 100)
    yield "the newest message, and how many are unread", lambda: message_pages.summarize(*summary)


def _membership(room: Group) -> Acts:
    where, now = room.conversation, room.simulation.now_ms
    bob = Membership(
        user_id=BOB, conversation_id=where, username=Username("bob"), role="member", joined_at=now
    )
    alice = Person(ALICE, Username("alice"))
    again, limits = replace(bob, joined_at=now + 1), room.simulation.services.limits
    yield "a membership", lambda: memberships.find_membership(BOB, where)
    yield "a user's memberships", lambda: list(memberships.memberships_of(BOB))
    yield "memberships of some users, for each", lambda: memberships.members_among(where, [BOB])
    yield "a conversation's members", lambda: memberships.members_page(where)
    yield "a read mark moved", lambda: memberships.mark_read(BOB, where, 3)
    yield "a member removed", lambda: delete_member(bob, alice, None, now)
    yield "a member added", lambda: put_members(where, alice, [again], limits)


def _rosters(room: Group) -> Acts:
    where, now = room.conversation, room.simulation.now_ms
    [session] = connections.sessions_of(BOB, now)
    there = list(memberships.memberships_of(BOB))
    yield "a connection put on a roster", lambda: roster_changes.add_session(there, session)
    yield "the roster", lambda: roster.read_roster(where, now)
    mine = session.connection_id
    yield "one connection on a roster", lambda: roster.find_entry(where, mine, now)
    yield "the live connections of a shard", lambda: roster.counting_among(where, [mine], now)
    held = (where, session.connection_id, now + 60_000)
    yield (
        "a connection throttled",
        lambda: roster_changes.throttle(held[0], held[1], "typing", held[2]),
    )
    yield "the connections on a roster, for a wake", lambda: roster.connections_on(where)
    yield "a wake claimed", lambda: wakes.claim_wake(where, now)
    yield "a wake begun", lambda: wakes.begin_wake(where, now)
    yield "a wake ended", lambda: wakes.end_wake(where, 3, now, is_batched=True)
    gone = [mine]
    yield "a connection taken off a roster", lambda: roster_changes.delete_entries([where], gone)


def _presence(room: Group) -> Acts:
    where, now, his = room.conversation, room.simulation.now_ms, room.his.connection_id
    [session] = connections.sessions_of(BOB, now)
    own, alice = memberships.members_among(where, [BOB, ALICE]).values()
    yield "one user watched", lambda: watches.put_watches(session, own, [alice])
    yield "the watches of a user", lambda: watches.watches_of(ALICE, now)
    yield "whom a connection watches", lambda: watches.lists_of(his)
    yield "what the watchers know", lambda: presence.find_known(ALICE, now)
    yield "what watchers know of users, for each", lambda: presence.find_known_among([ALICE], now)
    yield "another version of it begun", lambda: presence.begin_version(ALICE, None, now)
    known = presence.Known(
        ALICE, now, is_settled=False, is_online=False, last_seen_at=0, expires_at=0
    )
    yield "a version settled", lambda: presence.settle(known, now, is_online=True)


def _files(room: Group) -> Acts:
    where, now = room.conversation, room.simulation.now_ms
    upload = attachments.Upload(
        conversation_id=where,
        attachment_id=AttachmentId("1"),
        user_id=ALICE,
        name="cat.png",
        size=9,
        media_type="image/png",
    )
    yield "an upload announced", lambda: attachments.put_upload(upload, now, 9)
    found = [upload.attachment_id]
    yield "uploads or attachments, for each", lambda: attachments.find_uploads(where, found)
    yield "an upload forgotten", lambda: attachments.forget_untaken(where, upload.attachment_id)
