"""Messages on their way to the service."""

from collections import deque

from parley_client.engine.calls import Call, Calls
from parley_client.engine.context import Context
from parley_client.engine.requests import Done, Outcome
from parley_client.errors import Frame, ParleyError, again
from parley_client.reading import (
    message_of,
)
from parley_client.records import (
    Message,
)


class Outgoing:
    """One message, from `send` until it is stored or given up."""

    def __init__(self, frame: Frame, done: Done, expires_at: float) -> None:
        self.frame = frame
        self.done = done
        self.expires_at = expires_at
        self.call: Call | None = None

    @property
    def conversation_id(self) -> str:
        return str(self.frame["conversationId"])

    def is_now(self, message: Message) -> bool:
        return bool(self.frame["clientMessageId"] == message.client_message_id)


class Outbox:
    """Sends each message until there is an outcome, under one `clientMessageId`: it is stored once.

    In a conversation each waits for the one before it, so that they are numbered in the order of
    the calls. `done` gets the frame of the stored message.
    """

    def __init__(self, calls: Calls, context: Context) -> None:
        self._calls = calls
        self._timers = context.timers
        self._timing = context.timing
        self._queues: dict[str, deque[Outgoing]] = {}

    def send(self, frame: Frame, done: Done) -> Outgoing:
        # While a machine sleeps this clock may stand still. Setting the time of day never moves it.
        expires_at = self._timers.now() + self._timing.send_seconds
        outgoing = Outgoing(frame, done, expires_at)
        queue = self._queues.setdefault(outgoing.conversation_id, deque())
        queue.append(outgoing)
        if len(queue) == 1:
            self._ask(outgoing)
        return outgoing

    def cancel(self, outgoing: Outgoing) -> None:
        """Send it no more: nobody waits for it. If it is on its way, it may be stored."""
        if outgoing in self._queues.get(outgoing.conversation_id, ()):
            self._remove(outgoing)

    def stored(self, message: Message) -> None:
        """Finish what is stored, whichever way that came to be known."""
        queue = self._queues.get(message.conversation_id, ())
        for outgoing in [each for each in queue if each.is_now(message)]:
            self._finish(outgoing, {"type": "chat_message", "message": message})

    def end(self, error: ParleyError) -> None:
        queues, self._queues = self._queues, {}
        for outgoing in [each for queue in queues.values() for each in queue]:
            if outgoing.call:
                self._calls.cancel(outgoing.call)
            outgoing.done(again(error))

    def _ask(self, outgoing: Outgoing) -> None:
        seconds = max(0.0, outgoing.expires_at - self._timers.now())
        outgoing.call = self._calls.start(
            outgoing.frame, lambda outcome: self._answered(outgoing, outcome), seconds=seconds
        )

    def _answered(self, outgoing: Outgoing, outcome: Outcome) -> None:
        was_sent = outgoing.call is not None and outgoing.call.was_sent
        if was_sent and isinstance(outcome, ParleyError) and outcome.code == "timeout":
            message = "It was never answered; sent again after a day it could be there twice."
            outcome = ParleyError("outcome_unknown", message, request_id=outcome.request_id)
        self._finish(outgoing, outcome)

    def _finish(self, outgoing: Outgoing, outcome: Outcome) -> None:
        self._remove(outgoing)
        outgoing.done(outcome)

    def _remove(self, outgoing: Outgoing) -> None:
        queue = self._queues.get(outgoing.conversation_id, deque())
        was_first = bool(queue) and queue[0] is outgoing
        if outgoing in queue:
            queue.remove(outgoing)
        if outgoing.call:
            self._calls.cancel(outgoing.call)
        if not queue:
            self._queues.pop(outgoing.conversation_id, None)
        elif was_first:
            self._ask(queue[0])


def stored_message(reply: Frame) -> Message:
    """Return the message that the outcome of a `send` brings."""
    message = reply.get("message")
    return message if isinstance(message, Message) else message_of(reply["data"])
