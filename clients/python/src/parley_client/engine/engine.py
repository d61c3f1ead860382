"""The parts of the engine, and what each does when something happens in another."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from parley_client.engine.calls import Call, Calls
from parley_client.engine.context import Clock, Context
from parley_client.engine.effects import Effect
from parley_client.engine.heartbeat import Heartbeat
from parley_client.engine.link import Link
from parley_client.engine.outbox import Outbox, Outgoing
from parley_client.engine.requests import Done, Requests
from parley_client.engine.sign_in import Credentials, SignIn, SignInHooks
from parley_client.engine.stream import Consumer, Stream
from parley_client.engine.streams import Streams
from parley_client.engine.timers import Timers
from parley_client.errors import Frame, ParleyError
from parley_client.frames import decode, encode, unpack
from parley_client.reading import (
    event_of,
)
from parley_client.records import (
    Event,
    Identity,
    MemberRemoved,
    Message,
)
from parley_client.timing import Timing

State: TypeAlias = Literal["connecting", "online", "offline", "closed"]


@dataclass(frozen=True)
class Hooks:
    """What the engine reports."""

    on_state: Callable[[State, ParleyError | None], None]
    """With the error that ended the chat, or ended the connection, if there is one."""
    on_identity: Callable[[Identity], None]
    on_list_changed: Callable[[], None]
    """The user's list of conversations may have changed."""


class Engine:
    """One user's side of the chat, over as many connections as it takes.

    Its owner calls it when something happens, and then carries out `take_effects()` and calls
    `tick()` at `next_at`.
    """

    def __init__(
        self, credentials: Credentials, clock: Clock, hooks: Hooks, timing: Timing
    ) -> None:
        self.state: State = "offline"
        self._hooks = hooks
        self._timing = timing
        self._effects: list[Effect] = []
        self._timers = Timers(clock.monotonic)
        context = Context(clock, self._timers, timing, self._effects.append)
        self._link = Link(context, self._lost)
        self._requests = Requests(context, self._link.transmit, self._beat)
        self._calls = Calls(self._requests, context)
        self._outbox = Outbox(self._calls, context)
        self._streams = Streams(self._calls, context)
        self._heartbeat = Heartbeat(
            context, self._requests, self._streams, self._link.drop, hooks.on_list_changed
        )
        outcomes = SignInHooks(self._accepted, self._sign_in_later, self.end)
        self._sign_in = SignIn(credentials, context, self._requests, outcomes)

    # What the owner does.

    def take_effects(self) -> list[Effect]:
        """Return what is to be done now, in order, once."""
        effects = self._effects.copy()
        self._effects.clear()
        return effects

    @property
    def next_at(self) -> float | None:
        """When `tick` is to be called, by the monotonic clock; None if never."""
        return self._timers.next_at

    def tick(self) -> None:
        """Do what is due by now."""
        self._timers.run_due()

    def start(self) -> None:
        self._set_state("connecting")
        self._link.start()

    def end(self, error: ParleyError) -> None:
        """End the connection and everything that waits. `error` is what those waiting get."""
        if self.state == "closed":
            return
        self._suspend()
        self._link.stop()
        self._outbox.end(error)
        self._calls.end(error)
        self._streams.end(error)
        self._requests.reject_all()
        self._timers.clear()
        self._set_state("closed", error)

    @property
    def identity(self) -> Identity | None:
        return self._sign_in.identity

    # What the user does.

    def call(self, frame: Frame, done: Done, *, is_repeatable: bool = True) -> Call:
        """Ask for one reply, over as many connections as it takes, within `call_seconds`."""
        seconds = self._timing.call_seconds
        return self._calls.start(frame, done, is_repeatable=is_repeatable, seconds=seconds)

    def cancel(self, call: Call) -> None:
        self._calls.cancel(call)

    def send(self, frame: Frame, done: Done) -> Outgoing:
        return self._outbox.send(frame, done)

    def cancel_send(self, outgoing: Outgoing) -> None:
        self._outbox.cancel(outgoing)

    def notify(self, frame: Frame) -> None:
        """Send a frame that has no value later: now or not at all."""
        if self.state == "online":
            self._requests.request(frame, lambda _: None, self._timing.request_seconds)

    def open_stream(self, conversation_id: str, after: int | None, consumer: Consumer) -> Stream:
        return self._streams.open(conversation_id, after, consumer)

    def close_stream(self, stream: Stream) -> None:
        self._streams.close(stream)

    # What happens on the connection.

    def opened(self, connection: int) -> None:
        if self._link.is_current(connection):
            self._link.opened()
            self._sign_in.present()

    def lost(self, connection: int) -> None:
        if self._link.is_current(connection):
            self._link.drop()

    def received(self, connection: int, text: str) -> None:
        if not self._link.is_current(connection):
            return
        self._heartbeat.mark_activity()
        frame = decode(text)
        if frame is None:
            return
        if frame.get("type") is None:
            # API Gateway's own frame, {"message": …}: it failed to run a function.
            self._requests.expedite(self._timing.expedited_seconds)
            return
        for each in unpack(frame):
            self._route(each)

    def token_came(self, asking: int, token: str | None) -> None:
        self._sign_in.token_came(asking, token)

    def token_failed(self, asking: int, error: ParleyError) -> None:
        self._sign_in.token_failed(asking, error)

    # What follows from it.

    def _route(self, frame: Frame) -> None:
        data: Any = frame.get("data")
        event = event_of(frame)
        if event is not None:
            self._take(event)
        type_ = frame.get("type")
        if type_ == "connected" and isinstance(data, dict):
            self._heartbeat.set_interval(data.get("heartbeat_seconds"))
        elif type_ == "conversation_created":
            self._hooks.on_list_changed()
        is_over = frame.get("code") in ("auth_expired", "not_authenticated")
        # Signing out ends the session before it is answered, and there is no other one to begin.
        if is_over and not self._requests.awaits("sign_out", frame):
            self._sign_in_again()
        self._requests.answer(frame)
        if type_ == "signed_out":
            self.end(ParleyError("signed_out", "The session was ended."))

    def _take(self, event: Event) -> None:
        identity = self._sign_in.identity
        own_id = identity.user.user_id if identity else None
        if isinstance(event, Message) and event.user_id == own_id:
            self._outbox.stored(event)
        if event.seq is not None:
            self._streams.push(event)
        if isinstance(event, MemberRemoved) and event.user_id == own_id:
            # The push may be late, and the user a member again. The service knows.
            self._streams.behind({event.conversation_id: None})
            self._hooks.on_list_changed()

    def _accepted(self, identity: Identity) -> None:
        self._hooks.on_identity(identity)
        if self.state == "online":
            return
        self._link.mark_useful()
        self._set_state("online")
        self._calls.resume()
        self._heartbeat.start()

    def _sign_in_again(self) -> None:
        if self.state == "online":
            self._suspend()
            self._set_state("connecting")
            self._sign_in.present()

    def _sign_in_later(self, error: ParleyError) -> None:
        self.state = "offline"
        self._hooks.on_state("offline", error)
        self._link.drop()

    def _lost(self) -> None:
        self._suspend()
        self._requests.reject_all()
        self._set_state("offline")

    def _suspend(self) -> None:
        self._calls.suspend()
        self._heartbeat.stop()
        self._sign_in.stop()

    def _beat(self) -> None:
        self._heartbeat.beat()

    def _set_state(self, state: State, error: ParleyError | None = None) -> None:
        if state != self.state:
            self.state = state
            self._hooks.on_state(state, error)


def check_fits(frame: Frame) -> None:
    """Raise `too_large` for a frame that API Gateway would close the connection over."""
    encode({**frame, "requestId": "0" * 16})
