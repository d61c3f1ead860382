"""The chat compared with a simple model: each reply and push of generated conversations.

Pushes get lost, connections end with and without `$disconnect`, sessions and connections expire.
"""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from chat.auth.tokens import Claims
from chat.protocol.encoding import rfc3339
from chat.protocol.ids import Username
from chat.protocol.limits import MAX_CONNECTION_SECONDS
from chat.push.post import Outcome
from chat.storage.ttl import SLACK_SECONDS
from testing.invariants import (
    check_changes,
    check_members,
    check_messages,
    check_moderation,
    check_reactions,
    rows,
)
from testing.model import Model, comparable
from testing.model_state import ModelRefusal, Socket, user_id
from testing.profiles import is_soaking
from testing.simulation import Simulation
from testing.snapshots import Snapshot
from testing.sockets import Frame

NAMES = ("alice", "bob", "carol", "dave")
SESSION_SECONDS = 50 * 60
LIFE_SECONDS = MAX_CONNECTION_SECONDS + SLACK_SECONDS

names = st.sampled_from(NAMES)
# An index into the current connections or conversations: shrinks to the first.
which = st.integers(0, 9)
MOSTLY = 9
contents = st.sampled_from(["x", "Grüße, 世界", "word " * 50, "\n"])
reactions = st.sampled_from(["👍", "🎉", "😀", "1", "2", "x"])
keys = st.none() | st.sampled_from(["1", "2"])
# Rarely long enough for sessions, connections, or client message ids to expire.
seconds = st.sampled_from([1, 5, 30, 60, 600, SESSION_SECONDS, MAX_CONNECTION_SECONDS, 86_400])
limits = st.sampled_from([1, 2, 50])


class ChatStateMachine(RuleBasedStateMachine):
    def __init__(self, simulation: Simulation, start: Snapshot) -> None:
        super().__init__()
        start.restore()
        simulation.services = simulation.with_limits(
            session_seconds=SESSION_SECONDS, conversations_per_user=4, members_per_conversation=3
        )
        simulation.sockets.fault = self._fault
        self.simulation = simulation
        self.model = Model(lambda: simulation.now_ms, simulation.services.limits)

    # Connections and sessions.

    @initialize()
    def begin(self) -> None:
        """Create a group of three users, two of them with two connections."""
        for name in (*NAMES[:3], *NAMES[:2]):
            self.connect()
            self._authenticate(self._open()[-1], name, 0, self.simulation.now_ms + 1000)
        self.create("group", 0, list(NAMES[:3]))

    @precondition(lambda self: len(self.model.sockets) < 8)
    @rule()
    def connect(self) -> None:
        connection_id = self.simulation.connect()
        self.model.connects(connection_id)

    @rule(at=which, name=names, token=st.sampled_from(["good", "good", "revoked", "expired"]))
    def authenticate(self, at: int, name: str, token: str) -> None:
        strangers = [each for each in self._open() if not each.user]
        socket = strangers[at % len(strangers)] if strangers else self._socket(at)
        generation = max(0, self.model.generations[name] - (token == "revoked"))
        ends = self.simulation.now_ms + (-1000 if token == "expired" else 1_000_000)
        self._authenticate(socket, name, generation, ends)

    @rule(at=which, what=st.sampled_from(["says goodbye", "vanishes", "signs out", "deadline"]))
    def go(self, at: int, what: str) -> None:
        socket = self._socket(at)
        if what == "signs out":
            self._send(socket, {"type": "sign_out"}, lambda: self.model.signs_out(socket))
        elif what == "deadline":
            self._consume("auth_deadline", socket)
            self.model.reaches_deadline(socket)
        else:
            announced = what == "says goodbye"
            self.simulation.disconnect(socket.connection_id, announced=announced)
            self.model.disconnects(socket, announced=announced)

    @rule(at=which, loses_pushes=st.booleans())
    def lose_pushes(self, at: int, *, loses_pushes: bool) -> None:
        socket = self._socket(at)
        socket.loses_pushes = loses_pushes
        if not loses_pushes:
            self._consume("greet", socket)
            self.model.receives_greeting(socket)

    @rule(seconds=seconds)
    def pass_time(self, seconds: int) -> None:
        self.simulation.advance_time(seconds)
        for socket in self._open():
            age = LIFE_SECONDS - (socket.ends - self.simulation.now_ms) // 1000
            if age >= MAX_CONNECTION_SECONDS:
                self.simulation.disconnect(socket.connection_id, announced=False)
                self.model.disconnects(socket, announced=False)

    # Messages.

    @rule(where=which, said=st.lists(st.tuples(which, contents, keys), min_size=1, max_size=4))
    def say(self, where: int, said: list[tuple[int, str, str | None]]) -> None:
        for at, content, key in said:
            self._say(self._socket(at), where, content, key)

    @precondition(lambda self: self._has_messages())
    @rule(
        at=which,
        where=which,
        back=st.integers(0, 4),
        content=contents,
        version=st.sampled_from([None, -1, 0]),
    )
    def edit(self, at: int, where: int, back: int, content: str, version: int | None) -> None:
        socket = self._socket(at)
        conversation = self._conversation(where, socket)
        seq = self._message_seq(conversation, back)
        message = self.model.conversations[conversation].messages.get(seq, {})
        named: int | None = message.get("version", 0) if version == -1 else version
        data: Frame = {"content": content} | ({} if named is None else {"version": named})
        frame = {"type": "edit_message", "messageId": f"{conversation}:{seq}", "data": data}
        self._send(
            socket, frame, lambda: self.model.edits(socket, conversation, seq, content, named)
        )

    @precondition(lambda self: self._has_messages())
    @rule(at=which, where=which, back=st.integers(0, 4))
    def delete(self, at: int, where: int, back: int) -> None:
        socket = self._socket(at)
        conversation = self._conversation(where, socket)
        seq = self._message_seq(conversation, back)
        frame = {"type": "delete_message", "messageId": f"{conversation}:{seq}"}
        self._send(socket, frame, lambda: self.model.deletes(socket, conversation, seq))

    @precondition(lambda self: self._has_messages())
    @rule(at=which, where=which, back=st.integers(0, 4), reaction=reactions, is_on=st.booleans())
    def react(self, at: int, where: int, back: int, reaction: str, *, is_on: bool) -> None:
        socket = self._socket(at)
        conversation = self._conversation(where, socket)
        seq = self._message_seq(conversation, back)
        data = {"reaction": reaction, "is_on": is_on}
        frame = {"type": "react", "messageId": f"{conversation}:{seq}", "data": data}
        self._send(
            socket,
            frame,
            lambda: self.model.reacts(socket, conversation, seq, reaction, is_on=is_on),
        )

    @rule(at=which, where=which)
    def type(self, at: int, where: int) -> None:
        socket = self._socket(at)
        conversation = self._conversation(where, socket)
        frame = self._about(conversation, "typing", {"is_typing": True})
        self._send(socket, frame, lambda: self.model.types(socket, conversation))

    @precondition(lambda self: self._has_messages())
    @rule(at=which, where=which, back=st.integers(-1, 3))
    def read(self, at: int, where: int, back: int) -> None:
        socket = self._socket(at)
        conversation = self._conversation(where, socket)
        seq = max(0, self._last_seq(conversation) - back)
        frame = {"type": "read_receipt", "messageId": f"{conversation}:{seq}"}
        self._send(socket, frame, lambda: self.model.reads(socket, conversation, seq))

    @precondition(lambda self: self._has_messages())
    @rule(
        at=which,
        where=which,
        direction=st.sampled_from([None, "after_seq", "before_seq"]),
        seq=st.integers(0, 5),
        limit=limits,
    )
    def ask_history(self, at: int, where: int, direction: str | None, seq: int, limit: int) -> None:
        socket = self._socket(at)
        conversation = self._conversation(where, socket)
        asked = {direction: seq} if direction else {}
        frame = self._about(conversation, "history", asked | {"limit": limit})
        self._send(
            socket, frame, lambda: self.model.requests_history(socket, conversation, asked, limit)
        )

    @rule(at=which, back=st.integers(0, 2), behind=st.sampled_from([None, 0, 1]))
    def beat(self, at: int, back: int, behind: int | None) -> None:
        socket = self._socket(at)
        number = self.model.inbox[socket.user]
        seen = None if behind is None else max(0, number - behind)
        positions = {each: max(0, self._last_seq(each) - back) for each in self._conversations()}
        data: Frame = {"positions": positions} | ({} if seen is None else {"inbox": seen})
        frame = {"type": "heartbeat", "data": data}
        self._send(socket, frame, lambda: self.model.beats(socket, positions, seen))

    # The conversation itself.

    @rule(at=which, where=which, title=st.sampled_from(["Plans", "Pläne"]))
    def title(self, at: int, where: int, title: str) -> None:
        socket = self._socket(at)
        conversation = self._conversation(where, socket)
        frame = self._about(conversation, "set_title", {"title": title})
        self._send(socket, frame, lambda: self.model.titles(socket, conversation, title))

    @precondition(lambda self: self._has_messages())
    @rule(at=which, where=which, back=st.integers(0, 3), is_on=st.booleans())
    def pin(self, at: int, where: int, back: int, *, is_on: bool) -> None:
        socket = self._socket(at)
        conversation = self._conversation(where, socket)
        seq = self._message_seq(conversation, back)
        type_ = "pin_message" if is_on else "unpin_message"
        frame = {"type": type_, "messageId": f"{conversation}:{seq}"}
        self._send(socket, frame, lambda: self.model.pins(socket, conversation, seq, is_on=is_on))

    @rule(at=which, where=which, name=names, role=st.sampled_from(["owner", "moderator", "member"]))
    def give_role(self, at: int, where: int, name: str, role: str) -> None:
        socket = self._socket(at)
        conversation = self._conversation(where, socket)
        frame = self._about(conversation, "set_role", {"username": name, "role": role})
        self._send(socket, frame, lambda: self.model.gives_role(socket, conversation, name, role))

    # Moderation.

    @rule(at=which, where=which, name=names, seconds=st.sampled_from([-1, 0, 60, 7200]))
    def mute(self, at: int, where: int, name: str, seconds: int) -> None:
        socket = self._socket(at)
        conversation = self._conversation(where, socket)
        until = self.simulation.now_ms + seconds * 1000
        data = {"username": name, "until": rfc3339(until)}
        frame = self._about(conversation, "mute_member", data)
        self._send(socket, frame, lambda: self.model.mutes(socket, conversation, name, until))

    @rule(at=which, where=which, name=names)
    def ban(self, at: int, where: int, name: str) -> None:
        socket = self._socket(at)
        conversation = self._conversation(where, socket)
        frame = self._about(conversation, "ban_member", {"username": name})
        self._send(socket, frame, lambda: self.model.bans(socket, conversation, name))

    @rule(at=which, where=which, name=names)
    def unban(self, at: int, where: int, name: str) -> None:
        socket = self._socket(at)
        conversation = self._conversation(where, socket)
        frame = self._about(conversation, "unban_member", {"username": name})
        self._send(socket, frame, lambda: self.model.unbans(socket, conversation, name))

    @rule(at=which, where=which, seconds=st.sampled_from([0, 1, 60]))
    def slow(self, at: int, where: int, seconds: int) -> None:
        socket = self._socket(at)
        conversation = self._conversation(where, socket)
        frame = self._about(conversation, "set_slow_mode", {"slow_seconds": seconds})
        self._send(socket, frame, lambda: self.model.slows(socket, conversation, seconds))

    # Members.

    @precondition(lambda self: len(self.model.conversations) < 6)
    @rule(
        kind=st.sampled_from(["group", "direct"]),
        at=which,
        others=st.lists(names, min_size=1, max_size=3),
    )
    def create(self, kind: str, at: int, others: list[str]) -> None:
        socket = self._socket(at)
        next_id = f"conversation-{self.simulation.numbers_given + 1}"
        frame = {"type": "create_conversation", "data": {"kind": kind, "members": others}}
        self._send(socket, frame, lambda: self.model.creates(socket, kind, next_id, others))

    @rule(at=which, where=which, others=st.lists(names, min_size=1, max_size=3))
    def add(self, at: int, where: int, others: list[str]) -> None:
        socket = self._socket(at)
        conversation = self._conversation(where, socket)
        frame = self._about(conversation, "add_members", {"members": others})
        self._send(socket, frame, lambda: self.model.adds(socket, conversation, others))

    @rule(at=which, where=which, name=names)
    def remove(self, at: int, where: int, name: str) -> None:
        socket = self._socket(at)
        conversation = self._conversation(where, socket)
        frame = self._about(conversation, "remove_member", {"username": name})
        self._send(socket, frame, lambda: self.model.removes(socket, conversation, name))

    @rule(at=which, where=which)
    def leave(self, at: int, where: int) -> None:
        socket = self._socket(at)
        conversation = self._conversation(where, socket)
        frame = self._about(conversation, "leave_conversation", {})
        self._send(socket, frame, lambda: self.model.leaves(socket, conversation))

    @rule(at=which, limit=limits)
    def list_conversations(self, at: int, limit: int) -> None:
        socket = self._socket(at)
        frame: Frame = {"type": "list_conversations", "data": {"limit": limit}}
        self._list(socket, frame, lambda: self.model.lists_conversations(socket))

    @rule(at=which, where=which, limit=limits)
    def list_members(self, at: int, where: int, limit: int) -> None:
        socket = self._socket(at)
        conversation = self._conversation(where, socket)
        frame = self._about(conversation, "list_members", {"limit": limit})
        self._list(socket, frame, lambda: self.model.lists_members(socket, conversation))

    # Invariants.

    @invariant()
    def pushes_match_the_model(self) -> None:
        received = {
            key: comparable_all(frames) for key, frames in self.simulation.sockets.received.items()
        }
        due = {key: comparable_all(frames) for key, frames in self.model.pushed.items()}
        assert {k: v for k, v in received.items() if v} == {k: v for k, v in due.items() if v}
        self.simulation.sockets.received.clear()
        self.model.pushed.clear()

    @invariant()
    def tables_are_consistent(self) -> None:
        check_members()
        check_messages()
        check_changes()
        check_reactions()
        check_moderation(self.simulation)
        numbers = {row["conversation_id"]: row["last_seq"] for row in rows("ConversationsTable")}
        assert numbers == {k: each.last_seq for k, each in self.model.conversations.items()}

    # Helpers.

    def _send(self, socket: Socket, frame: Frame, expect: Callable[[], Frame | None]) -> None:
        reply = self.simulation.send(socket.connection_id, frame)
        assert comparable(reply) == comparable(_expected(expect))

    def _list(self, socket: Socket, frame: Frame, expect: Callable[[], list[Frame]]) -> None:
        """Read all pages, and compare the whole list."""
        expected = _expected(expect)
        if isinstance(expected, dict):
            self._send(socket, frame, lambda: expected)
            return
        items: list[Frame] = []
        cursor: dict[str, str] = {}
        while True:
            asked = frame | {"data": frame["data"] | cursor}
            reply = self.simulation.send(socket.connection_id, asked)
            assert reply is not None
            items += reply["data"]["items"]
            if "cursor" not in reply["data"]:
                break
            cursor = {"cursor": reply["data"]["cursor"]}
        key = "conversation_id" if "conversation_id" in str(expected) else "user_id"
        assert sorted(items, key=lambda item: str(item[key])) == expected

    def _authenticate(self, socket: Socket, name: str, generation: int, ends: int) -> None:
        claims = Claims(user_id(name), Username(name), generation, ends // 1000 * 1000)
        token = self.simulation.services.tokens().issue(claims, self.simulation.now_ms)
        frame = {"type": "authenticate", "data": {"token": token}}
        self._send(
            socket,
            frame,
            lambda: self.model.authenticates(socket, name, generation, claims.expires_at),
        )

    def _say(self, socket: Socket, where: int, content: str, key: str | None) -> None:
        conversation = self._conversation(where, socket)
        frame = self._about(conversation, "chat_message", {"content": content})
        self._send(
            socket,
            frame | ({"clientMessageId": key} if key else {}),
            lambda: self.model.says(socket, conversation, content, key),
        )

    def _consume(self, queue: str, socket: Socket) -> None:
        answer = self.simulation.consume(queue, f'{{"connection_id":"{socket.connection_id}"}}')
        assert answer == {"batchItemFailures": []}

    def _fault(self, connection_id: Any) -> Outcome | None:  # noqa: ANN401 -- a connection's id
        socket = self.model.sockets[connection_id]
        return Outcome.THROTTLED if socket.is_open and socket.loses_pushes else None

    def _about(self, conversation: str, type_: str, data: Frame) -> Frame:
        return {"type": type_, "conversationId": conversation, "data": data}

    def _open(self) -> list[Socket]:
        return [each for each in self.model.sockets.values() if each.is_open]

    def _socket(self, at: int) -> Socket:
        """Pick an open connection, mostly an authenticated one."""
        if not self._open():
            self.connect()
        somebodys = [each for each in self._open() if each.user]
        found = somebodys if at < MOSTLY and somebodys else self._open()
        return found[at % len(found)]

    def _conversations(self) -> list[str]:
        return list(self.model.conversations)

    def _conversation(self, where: int, socket: Socket) -> str:
        """Pick a conversation, mostly one that the connection's user is a member of."""
        conversations = self.model.conversations.items()
        own = [key for key, each in conversations if socket.user in each.members]
        found = own if where < MOSTLY and own else self._conversations()
        return found[where % len(found)]

    def _has_messages(self) -> bool:
        return any(each.messages for each in self.model.conversations.values())

    def _message_seq(self, conversation: str, back: int) -> int:
        """Pick a message from behind, or 0 if there are not so many."""
        seqs = list(self.model.conversations[conversation].messages)
        return seqs[-back - 1] if back < len(seqs) else 0

    def _last_seq(self, conversation: str) -> int:
        return self.model.conversations[conversation].last_seq


def _expected[T](expect: Callable[[], T]) -> T | Frame:
    try:
        return expect()
    except ModelRefusal as refused:
        return refused.frame


def comparable_all(frames: list[Frame]) -> list[Frame]:
    return [comparable(frame) for frame in frames]


def test_adding_a_member_again_repairs_all_roster_rows(
    simulation: Simulation,
) -> None:
    """Also a connection that a push found gone: only the next push finds it gone again."""
    for name in NAMES:
        simulation.register(name)
    story = ChatStateMachine(simulation, Snapshot(simulation))
    story.begin()
    bobs = [at for at, socket in enumerate(story._open()) if socket.user == "bob"]  # noqa: SLF001 -- a story's own words

    for at in reversed(bobs):
        story.go(at, "vanishes")
    story.say(0, [(0, "x", None)])
    story.add(0, 0, ["bob"])

    story.list_members(0, 0, 1)
    story.pushes_match_the_model()


@pytest.mark.timeout(1200)  # Hypothesis shrinks a failing story
def test_generated_conversations_match_the_model(simulation: Simulation) -> None:
    for name in NAMES:
        simulation.register(name)
    start = Snapshot(simulation)

    class Told(ChatStateMachine):
        def __init__(self) -> None:
            super().__init__(simulation, start)

    bounded = settings(max_examples=50, stateful_step_count=30, deadline=None)
    run_state_machine_as_test(
        Told, settings=settings(stateful_step_count=50) if is_soaking() else bounded
    )
