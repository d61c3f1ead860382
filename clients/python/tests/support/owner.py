"""An engine in the hands of a test: time passes and frames come when the test says so."""

import json
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

from parley_client.engine.context import Clock
from parley_client.engine.effects import AskToken, Close, Effect, Open, Send
from parley_client.engine.engine import Engine, Hooks, State
from parley_client.engine.requests import Outcome
from parley_client.engine.sign_in import Credentials
from parley_client.engine.stream import Consumer, Stream
from parley_client.errors import ParleyError
from parley_client.records import Event, Identity
from parley_client.timing import Timing

Frame = dict[str, Any]

MIDNIGHT = datetime(2026, 1, 1, tzinfo=timezone.utc)
SESSION_SECONDS = 43_200.0


class Owner:
    """Owns an engine and speaks for the service."""

    def __init__(
        self, credentials: Credentials | None = None, *, random: Callable[[], float] = lambda: 0.5
    ) -> None:
        self.now = 0.0
        self.states: list[tuple[State, str | None]] = []
        self.identities: list[Identity] = []
        self.list_changes = 0
        self.answers_heartbeats = True
        self.behind: dict[str, int] = {}
        """What heartbeats are answered with."""
        self.effects: list[Effect] = []
        self._frames: dict[int, list[Frame]] = defaultdict(list)
        self._beats: list[tuple[int, Frame]] = []
        self.engine = Engine(
            credentials or Credentials(username="alice", password="alice's password"),
            Clock(lambda: self.now, lambda: MIDNIGHT + timedelta(seconds=self.now), random),
            Hooks(self._note_state, self.identities.append, self._note_list),
            Timing(),
        )

    # What the engine did.

    @property
    def connection(self) -> int:
        """The socket that was opened last."""
        opened: list[int] = [each.connection for each in self._done(Open)]
        return opened[-1]

    def takes(self) -> list[Effect]:
        """Return the effects since the last time."""
        taken = self.engine.take_effects()
        self.effects += taken
        for effect in taken:
            if isinstance(effect, Send):
                self._note_frame(effect.connection, json.loads(effect.text))
        return taken

    def sent(self, frame_type: str | None = None) -> list[Frame]:
        """Return the frames sent on the connection that is open now, all or of one type."""
        self.takes()
        frames = self._frames[self.connection]
        return [each for each in frames if frame_type in (None, each["type"])]

    def closed(self) -> list[int]:
        self.takes()
        return [each.connection for each in self._done(Close)]

    def asked_tokens(self) -> list[int]:
        self.takes()
        return [each.asking for each in self._done(AskToken)]

    # What happens.

    def passes(self, seconds: float) -> None:
        """Let time pass, and everything happen that is due in it, in order."""
        end = self.now + seconds
        self._answer_heartbeats()
        while (at := self.engine.next_at) is not None and at <= end:
            self.now = max(self.now, at)
            self.engine.tick()
            self._answer_heartbeats()
        self.now = end

    def comes(self, frame: Frame | str) -> None:
        text = frame if isinstance(frame, str) else json.dumps(frame)
        self.takes()
        self.engine.received(self.connection, text)

    def answers(self, asked: Frame, reply_type: str, data: Frame | None = None) -> None:
        self.comes({"type": reply_type, "requestId": asked["requestId"], "data": data or {}})

    def refuses(self, asked: Frame, code: str, data: Frame | None = None) -> None:
        kind = "auth_error" if asked["type"] == "authenticate" else "error"
        frame = {"type": kind, "code": code, "message": "no", "requestId": asked["requestId"]}
        self.comes({**frame, **({"data": data} if data else {})})

    def opens(self) -> None:
        self.takes()
        self.engine.opened(self.connection)

    def loses_connection(self) -> None:
        self.takes()
        self.engine.lost(self.connection)

    def signs_in(self, name: str = "alice") -> None:
        """Accept what was presented last."""
        self.answers(self.sent("authenticate")[-1], "auth_success", self.session(name))

    def comes_online(self) -> None:
        """Open the connection that is wanted now, or after the backoff, and accept the user."""
        if not self.states:
            self.engine.start()
        elif self.engine.state == "offline":
            self.passes(30.0)
        self.opens()
        self.signs_in()
        self._answer_heartbeats()

    def session(self, name: str = "alice", seconds: float = SESSION_SECONDS) -> Frame:
        ends = MIDNIGHT + timedelta(seconds=self.now + seconds)
        expires_at = ends.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        token = f"token-{len(self.identities) + 1}"
        user = {"user_id": f"user-{name}", "username": name}
        return {**user, "token": token, "expires_at": expires_at}

    # What the user does.

    def sends(self, content: str, to: str = "general", key: str | None = None) -> "Waiting":
        waiting = Waiting()
        frame = {
            "type": "chat_message",
            "conversationId": to,
            "clientMessageId": key or f"id of {content}",
            "data": {"content": content},
        }
        waiting.handle = self.engine.send(frame, waiting.done)
        return waiting

    def calls(self, frame_type: str, *, is_repeatable: bool = True) -> "Waiting":
        waiting = Waiting()
        frame = {"type": frame_type}
        waiting.handle = self.engine.call(frame, waiting.done, is_repeatable=is_repeatable)
        return waiting

    def follows(
        self, after: int | None = 0, conversation_id: str = "general", capacity: int = 200
    ) -> "Following":
        return Following(self.engine, conversation_id, after, capacity)

    def _answer_heartbeats(self) -> None:
        self.takes()
        beats, self._beats = self._beats, []
        for connection, beat in beats if self.answers_heartbeats else []:
            ack = {"type": "heartbeat_ack", "requestId": beat["requestId"]}
            text = json.dumps({**ack, "data": {"behind": self.behind}})
            self.engine.received(connection, text)

    def _note_frame(self, connection: int, frame: Frame) -> None:
        self._frames[connection].append(frame)
        if frame["type"] == "heartbeat":
            self._beats.append((connection, frame))

    def _done(self, kind: type) -> list[Any]:
        return [each for each in self.effects if isinstance(each, kind)]

    def _note_state(self, state: State, error: ParleyError | None) -> None:
        self.states.append((state, error.code if error else None))

    def _note_list(self) -> None:
        self.list_changes += 1


class Waiting:
    """Waits for the outcome of a request."""

    def __init__(self) -> None:
        self.outcomes: list[Outcome] = []
        self.handle: Any = None

    def done(self, outcome: Outcome) -> None:
        self.outcomes.append(outcome)

    @property
    def code(self) -> str | None:
        """The code of the error that it ended with."""
        [outcome] = self.outcomes
        return outcome.code if isinstance(outcome, ParleyError) else None

    @property
    def error(self) -> ParleyError:
        [outcome] = self.outcomes
        assert isinstance(outcome, ParleyError)
        return outcome


class Following:
    """A consumer of a stream."""

    def __init__(
        self, engine: Engine, conversation_id: str, after: int | None, capacity: int
    ) -> None:
        self.times_ready = 0
        self.taken: list[Event] = []
        consumer = Consumer(capacity, self._note)
        self.stream: Stream = engine.open_stream(conversation_id, after, consumer)

    def takes(self, at_most: int = 1_000_000) -> list[Event]:
        """Take what there is; returns all that was ever taken."""
        while at_most and (event := self.stream.take()):
            self.taken.append(event)
            at_most -= 1
        return self.taken

    def numbers(self) -> list[int | None]:
        return [each.seq for each in self.takes()]

    def _note(self) -> None:
        self.times_ready += 1


def message(seq: int, content: str = "hello", by: str = "bob", **fields: object) -> Frame:
    """Make the data of a message."""
    return {
        "message_id": f"general:{seq}",
        "conversation_id": "general",
        "seq": seq,
        "user_id": f"user-{by}",
        "username": by,
        "content": content,
        "type": "text",
        "created_at": "2026-01-01T00:00:00.000Z",
        **fields,
    }


def pushed(seq: int, content: str = "hello", by: str = "bob", **fields: object) -> Frame:
    return {"type": "chat_message", "data": message(seq, content, by, **fields)}


def edited(seq: int, target: int, content: str, version: int | None = None) -> Frame:
    """Make the frame of an edit that has the number `seq`."""
    data = _change(seq, target, "edited") | {
        "content": content,
        "type": "text",
        "version": version or seq,
        "edited_at": "2026-01-01T00:00:01.000Z",
    }
    return {"type": "message_changed", "data": data}


def deleted(seq: int, target: int, version: int | None = None) -> Frame:
    when = "2026-01-01T00:00:02.000Z"
    data = _change(seq, target, "deleted")
    data |= {"content": "", "version": version or seq, "deleted_at": when}
    return {"type": "message_changed", "data": data}


def reacted(seq: int, target: int, reaction: str = "👍", version: int | None = None) -> Frame:
    items = [{"reaction": reaction, "count": 1, "users": ["bob"]}]
    reactions = {"version": version or seq, "total": 1, "items": items}
    data = _change(seq, target, "reacted") | {"reactions": reactions}
    return {"type": "message_changed", "data": data}


def page(up_to: int, *frames: Frame, has_more: bool = False) -> Frame:
    """Make the data of a page of history, of frames as they are pushed."""
    messages = [each["data"] for each in frames if each["type"] == "chat_message"]
    changes = [each for each in frames if each["type"] != "chat_message"]
    data = {"conversation_id": "general", "messages": messages, "changes": changes}
    return data | {"up_to": up_to, "has_more": has_more}


def _change(seq: int, target: int, change: str) -> Frame:
    return {
        "conversation_id": "general",
        "seq": seq,
        "message_id": f"general:{target}",
        "change": change,
        "by": {"user_id": "user-bob", "username": "bob"},
        "at": "2026-01-01T00:00:01.000Z",
    }
