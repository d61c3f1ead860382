"""All streams, and which of them catch up."""

from collections.abc import Mapping

from parley_client.engine.calls import Call, Calls
from parley_client.engine.context import Context
from parley_client.engine.requests import Outcome
from parley_client.engine.stream import Consumer, Range, Stream
from parley_client.errors import Frame, ParleyError, again
from parley_client.reading import (
    page_of,
)
from parley_client.records import (
    Event,
)

AT_ONCE = 10
"""How many pages of history are asked for at a time."""

_TRANSIENT = {"internal", "rate_limited", "timeout", "auth_expired", "not_authenticated"}


class Streams:
    """The streams of one chat. A few of them ask for a page at a time; others wait their turn."""

    def __init__(self, calls: Calls, context: Context) -> None:
        self._calls = calls
        self._context = context
        self._streams: dict[str, list[Stream]] = {}
        self._waiting: dict[Stream, None] = {}
        self._asking: dict[Stream, Call | None] = {}
        self._ended: ParleyError | None = None

    def open(
        self,
        conversation_id: str,
        after: int | None,
        consumer: Consumer,
    ) -> Stream:
        """Begin after a number, or with what comes from now on."""
        stream = Stream(conversation_id, after, consumer, self._context, self._behind)
        if self._ended:
            stream.end(again(self._ended))
            return stream
        self._streams.setdefault(conversation_id, []).append(stream)
        self._behind(stream)
        return stream

    def close(self, stream: Stream) -> None:
        """Bring it nothing more: its consumer is gone."""
        of_conversation = self._streams.get(stream.conversation_id, [])
        if stream in of_conversation:
            of_conversation.remove(stream)
        if not of_conversation:
            self._streams.pop(stream.conversation_id, None)
        self._waiting.pop(stream, None)
        call = self._asking.pop(stream, None)
        if call:
            self._calls.cancel(call)
        stream.end(ParleyError("closed", "The stream was closed."))
        self._ask_next()

    def push(self, event: Event) -> None:
        for stream in self._streams.get(event.conversation_id, ()):
            stream.push(event)

    def behind(self, last_seqs: Mapping[str, int | None]) -> None:
        """Catch up in these conversations, up to these numbers if they are known."""
        for conversation_id, last_seq in last_seqs.items():
            for stream in self._streams.get(conversation_id, ()):
                stream.fall_behind(last_seq)

    def positions(self) -> dict[str, int]:
        """Return the position of each conversation: that of its slowest stream."""
        positions = {}
        for conversation_id, streams in self._streams.items():
            known = [each.position for each in streams if each.position is not None]
            if known:
                positions[conversation_id] = min(known)
        return positions

    def end(self, error: ParleyError) -> None:
        self._ended = error
        for streams in list(self._streams.values()):
            for stream in streams:
                stream.end(again(error))
        self._streams.clear()
        self._waiting.clear()
        self._asking.clear()

    def _behind(self, stream: Stream) -> None:
        if stream.wants_page and stream not in self._asking:
            self._waiting[stream] = None
            self._ask_next()

    def _ask_next(self) -> None:
        while self._waiting and len(self._asking) < AT_ONCE:
            stream = next(iter(self._waiting))
            del self._waiting[stream]
            if stream.wants_page:
                self._ask(stream)

    def _ask(self, stream: Stream) -> None:
        asked = stream.range
        stream.page_asked()
        self._asking[stream] = None
        frame = _history(stream.conversation_id, asked)
        call = self._calls.start(frame, lambda outcome: self._answered(stream, asked, outcome))
        if stream in self._asking:
            self._asking[stream] = call

    def _answered(self, stream: Stream, asked: Range, outcome: Outcome) -> None:
        self._asking.pop(stream, None)
        if isinstance(outcome, ParleyError):
            self._failed(stream, outcome)
        else:
            self._came(stream, asked, outcome)
        self._ask_next()

    def _came(self, stream: Stream, asked: Range, reply: Frame) -> None:
        try:
            page = page_of(reply["data"])
        except (KeyError, TypeError, ValueError) as error:
            wrong = ParleyError("internal", "The service's page of history makes no sense.")
            wrong.__cause__ = error
            self._fail(stream, wrong)
        else:
            stream.page_came(asked, page)

    def _failed(self, stream: Stream, error: ParleyError) -> None:
        if error.code in _TRANSIENT:
            seconds = self._context.timing.page_again_seconds
            self._context.timers.after(seconds, stream.fall_behind)
        else:
            self._fail(stream, error)

    def _fail(self, stream: Stream, error: ParleyError) -> None:
        stream.end(error)
        self.close(stream)


def _history(conversation_id: str, asked: Range) -> Frame:
    data = {"limit": asked.limit}
    if asked.after is not None:
        data["after_seq"] = asked.after
    return {"type": "history", "conversationId": conversation_id, "data": data}
