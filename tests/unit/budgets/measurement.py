"""The cost of each frame: round trips and capacity units."""

from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from msgspec.json import encode

from chat.push.queue_bodies import Shard, encode_shards
from testing.backend import Backend
from testing.bystanders import add_bystanders
from testing.capacity_meter import metered
from testing.group import Group, create_group
from testing.people import Client
from testing.pictures import largest
from testing.round_trips import counting_round_trips
from testing.simulation import ALWAYS, NEVER, PASSWORD_OF_ALL, Simulation
from testing.stored import find_stored

CONTENT = "x" * 880
"""With its attributes the message is just under one kilobyte, which is one write unit."""


class Cost(NamedTuple):
    trips: int
    """Those before the first push, or before the reply where nothing is pushed."""
    read_units: float
    write_units: float


class Measured(NamedTuple):
    cost: Cost
    operations: list[str]


def measure_all(others: int) -> Mapping[str, Measured]:
    """Measure every frame and event while so many other users are online."""
    simulation = Simulation()
    room = create_group(simulation).with_bob()
    add_bystanders(simulation, others)
    return {name: _measure(simulation, act) for name, act in _acts(room)}


def _measure(simulation: Simulation, act: Callable[[], Any]) -> Measured:
    with (
        counting_round_trips(simulation) as trips,
        metered(simulation.dynamodb, find_stored) as bill,
    ):
        act()
    cost = Cost(trips.before_first_push, bill.read_units, bill.write_units)
    return Measured(cost, bill.operations)


def _acts(room: Group) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Give the measured actions, in an order in which each makes the next possible.

    The group has three users with four connections.
    """
    yield from _joining(room)
    yield from _messaging(room)
    yield from _changing(room)
    yield from _listing(room)
    yield from _watching(room)
    yield from _leaving(room)


def _joining(room: Group) -> Iterator[tuple[str, Callable[[], Any]]]:
    simulation = room.simulation
    yield "`$connect`", simulation.connect
    fresh = room.unauthenticated_client(room.his)
    body = f'{{"connection_id":"{fresh.connection_id}"}}'
    yield "the greeting", lambda: simulation.consume("greet", body)
    yield "`authenticate` with a token", room.authenticates(fresh)
    data = {"username": "bob", "password": PASSWORD_OF_ALL}
    by_password = room.sends(fresh, {"type": "authenticate", "data": data})
    yield "`authenticate` with a password", by_password
    yield (
        "the deadline of an authenticated connection",
        lambda: simulation.consume("auth_deadline", body),
    )
    yield "`$disconnect`", room.disconnects(fresh)


def _messaging(room: Group) -> Iterator[tuple[str, Callable[[], Any]]]:
    # Adding bob has taken number 1.
    positions = {room.conversation: 1}
    yield "`heartbeat`", room.requests(room.hers, "heartbeat")
    unmoved = room.requests(room.hers, "heartbeat", positions=positions)
    yield "`heartbeat` with positions, nothing new", unmoved
    listed = room.requests(room.hers, "heartbeat", positions=positions, inbox=1)
    yield "`heartbeat` with positions and inbox, nothing new", listed
    yield "`chat_message`", room.says(room.hers, CONTENT, key="1")
    yield "`chat_message` sent again", room.says(room.hers, CONTENT, key="1")
    yield "`chat_message` without `clientMessageId`", room.says(room.hers, CONTENT)
    moved = room.requests(room.hers, "heartbeat", positions=positions)
    yield "`heartbeat` with positions, something new", moved
    yield "`typing`", room.requests(room.hers, "typing")
    yield "`read_receipt`", room.reads(room.his, 2)
    yield "`read_receipt` of what is read", room.reads(room.his, 2)
    yield "`history`, the newest", room.requests(room.his, "history")
    yield "`history` after a number", room.requests(room.his, "history", after_seq=1)
    yield "`history` after the last number", room.requests(room.his, "history", after_seq=3)
    yield from _counted(room)
    yield from _edit(room)
    yield from _react(room)
    yield from _share(room)
    yield from _lead(room)


def _counted(room: Group) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Give sampled frames, counted; the last two are over the limit."""
    simulation, typing = room.simulation, room.requests(room.carols, "typing")
    simulation.random = ALWAYS
    yield "`chat_message`, counted", room.says(room.hers, CONTENT, key="2")
    yield "`typing`, counted", typing
    yield "`read_receipt`, counted", room.reads(room.his, 4)
    usual, simulation.services = simulation.services, simulation.with_limits(typing_per_minute=1)
    yield "`typing`, counted and over the limit", typing
    simulation.services, simulation.random = usual, NEVER
    yield "`typing`, throttled", typing


def _edit(room: Group) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Change messages 2 to 4, which alice has sent, and 5, which carol sends first."""
    yield "`edit_message`", room.edits(room.hers, 2, CONTENT, version=0)
    yield "`edit_message` of another version", room.edits(room.hers, 2, CONTENT, version=0)
    yield "`delete_message`", room.deletes(room.hers, 3)
    yield "`delete_message` of what is deleted", room.deletes(room.hers, 3)
    room.says(room.carols, CONTENT)()
    last = room.last_seq()
    yield "`delete_message` of another member's, by an owner", room.deletes(room.hers, last)
    yield "`history` with one change", room.requests(room.his, "history", after_seq=last)


def _react(room: Group) -> Iterator[tuple[str, Callable[[], Any]]]:
    """React to a short message, and ask for it and for the one before."""
    room.says(room.hers, "Hello")()
    last = room.last_seq()
    message = f"{room.conversation}:{last}"
    yield "`react`", room.reacts(room.his, last)
    yield "`react` with what is given", room.reacts(room.his, last)
    yield "`react` just after another", room.reacts(room.carols, last)
    listing = {"type": "list_reactions", "messageId": message}
    yield "`list_reactions`", room.sends(room.his, listing)
    ids = [message, f"{room.conversation}:2"]
    yield "`get_messages`, two of them", room.requests(room.his, "get_messages", message_ids=ids)
    yield "`search`, one message found", room.requests(room.his, "search", text="hello")
    yield "`search`, none found", room.requests(room.his, "search", text="goodbye")
    yield "`delete_message` with reactions", room.deletes(room.hers, last)
    mentioning = {"content": "x", "mentions": [room.his.user.user_id]}
    yield "`chat_message` with a mention", room.requests(room.hers, "chat_message", **mentioning)


def _share(room: Group) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Send a picture, look it up, and delete it."""
    data = {"name": "cat.png", "size": 9, "media_type": "image/png"}
    yield "`request_upload`", room.requests(room.hers, "request_upload", **data)
    picture = room.hers.uploads(room.conversation)
    sending = {"content": CONTENT, "attachments": [{"attachment_id": picture}]}
    yield "`chat_message` with an attachment", room.requests(room.hers, "chat_message", **sending)
    asking = room.requests(room.his, "get_attachments", attachment_ids=[picture])
    yield "`get_attachments`, one of them", asking
    yield "`delete_message` with an attachment", room.deletes(room.hers, room.last_seq())
    [keys] = room.simulation.queues.file_deletions
    body = encode({"keys": keys}).decode()
    yield "a deleted file looked at again", lambda: room.simulation.consume("delete_files", body)


def _lead(room: Group) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Change the conversation itself."""
    yield "`set_title`", room.titles(room.hers, "Plans")
    yield "`set_title` of the title that it has", room.titles(room.hers, "Plans")
    yield "`pin_message`", room.pins(room.hers, 2)
    pinned = room.requests(room.his, "get_messages", pinned=True)
    yield "`get_messages`, the only one that is pinned", pinned
    yield "`unpin_message`", room.unpins(room.hers, 2)
    yield "`set_role`, a moderator", room.gives_role(room.hers, "bob", "moderator")
    yield "`set_role`, another owner", room.gives_role(room.hers, "bob", "owner")
    room.gives_role(room.hers, "bob", "member")()
    yield from _moderate(room)


def _moderate(room: Group) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Mute bob, and slow the conversation down; the last message is refused."""
    yield "`mute_member`", room.mutes(room.hers)
    yield "`chat_message` beside a muted member", room.says(room.hers, CONTENT)
    yield "`chat_message` of a muted member", room.says(room.his, CONTENT)
    room.mutes(room.hers, seconds=0)()
    yield "`set_slow_mode`", room.slows(room.hers)
    yield "`chat_message` in slow mode", room.says(room.his, CONTENT)
    yield "`chat_message` too early in slow mode", room.says(room.his, CONTENT)
    room.slows(room.hers, 0)()
    reported = {"type": "report_message", "messageId": f"{room.conversation}:2"}
    yield "`report_message`", room.sends(room.his, reported)


def _changing(room: Group) -> Iterator[tuple[str, Callable[[], Any]]]:
    def creates(kind: str) -> Callable[[], Any]:
        data = {"kind": kind, "members": ["bob"]}
        return room.sends(room.hers, {"type": "create_conversation", "data": data})

    yield "`create_conversation` of a group of two", creates("group")
    yield "`create_conversation` of a direct one", creates("direct")
    yield "`create_conversation` of a direct one that is there", creates("direct")
    yield "`remove_member`", room.removes(room.hers)
    room.simulation.advance_time(seconds=1)
    yield "`add_members`, one", room.adds(room.hers)
    yield "`add_members`, one who is a member", room.adds(room.hers)
    yield "`leave_conversation`", room.requests(room.his, "leave_conversation")
    room.simulation.advance_time(seconds=1)
    room.adds(room.hers)()
    yield "`ban_member`", room.bans(room.hers)
    yield "`unban_member`", room.unbans(room.hers)


def _listing(room: Group) -> Iterator[tuple[str, Callable[[], Any]]]:
    yield "`list_conversations`, three of them", room.requests(room.hers, "list_conversations")
    named = {"conversation_ids": [room.conversation]}
    yield (
        "`list_conversations`, one by its id",
        room.requests(room.hers, "list_conversations", **named),
    )
    yield "`list_members`", room.requests(room.hers, "list_members")
    yield from _profiles(room)
    frame = {"type": "chat_message", "conversationId": room.conversation}
    message = frame | {"clientMessageId": "backend", "data": {"content": CONTENT}}
    backend = Backend(room.simulation)
    yield "`chat_message` of the owner's backend", lambda: backend.calls("alice", message)
    yield "`list_bans`", room.requests(room.hers, "list_bans")


def _profiles(room: Group) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Set a display name and a picture, and read them by ids and by a prefix."""
    room.simulation.services = room.simulation.with_limits(people_directory="true")
    frames = {
        "`set_profile`": {"type": "set_profile", "data": {"display_name": "Alice"}},
        "`set_profile`, the largest picture": {
            "type": "set_profile",
            "data": {"picture": b64encode(largest()).decode()},
        },
        "`get_profiles`, two of them": {
            "type": "get_profiles",
            "data": {"user_ids": ["user-alice", "user-bob"]},
        },
        "`get_profiles`, the picture of one": {
            "type": "get_profiles",
            "data": {"user_ids": ["user-alice"], "pictures": True},
        },
        "`find_people`": {"type": "find_people", "data": {"prefix": "alice"}},
    }
    for name, frame in frames.items():
        yield name, room.sends(room.hers, frame)


def _watching(room: Group) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Watch carol and bob, who come and go; at last nobody has to be looked at."""
    simulation = room.simulation
    fresh = room.unauthenticated_client(room.carols)
    both = {"user_ids": [room.carols.user.user_id, room.her_phone.user.user_id]}
    yield "`watch_presence`, two users for the first time", _watches(room, room.hers, both)
    yield "`watch_presence`, two users", _watches(room, room.her_phone, both)
    yield "`watch_presence` of nobody", _watches(room, room.her_phone, {"user_ids": []})
    body = f'{{"user_id":"{room.carols.user.user_id}"}}'
    yield "`$disconnect` of a watched user", room.disconnects(room.carols)
    simulation.advance_time(simulation.services.limits.offline_seconds)
    yield "a look at a user who has gone, one watcher", lambda: simulation.consume("presence", body)
    yield "`authenticate` of a watched user", room.authenticates(fresh)
    yield "a look at a user who has come, one watcher", lambda: simulation.consume("presence", body)
    yield "a look without news", lambda: simulation.consume("presence", body)


def _watches(room: Group, client: Client, data: Any) -> Callable[[], Any]:  # noqa: ANN401 -- a frame's fields
    return room.requests(client, "watch_presence", **data)


def _leaving(room: Group) -> Iterator[tuple[str, Callable[[], Any]]]:
    simulation = room.simulation
    shard = Shard(room.conversation, [room.her_phone.connection_id], b"{}")
    [body] = encode_shards(shard)
    yield "a shard of a big room", lambda: simulation.consume("fanout", body)
    yield "`sign_out` at one of two connections", room.requests(room.hers, "sign_out")
    late = f'{{"connection_id":"{room.unauthenticated_client(room.his).connection_id}"}}'
    yield "the deadline of another connection", lambda: simulation.consume("auth_deadline", late)
