"""One client's TCP connection: RFC 6455 on the wire, with API Gateway's sizes and times.

The protocol is the Sans-I/O part of `websockets`, which also answers pings.
"""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from typing import Protocol

from websockets.datastructures import Headers
from websockets.frames import CloseCode, Frame, Opcode
from websockets.http11 import Request, Response
from websockets.protocol import State
from websockets.server import ServerProtocol

from local.gateway.quotas import FRAME_BYTES, MESSAGE_BYTES, TimeLimits

_WRITE_BUFFER_BYTES = 4 * FRAME_BYTES
# The response to bytes that are not HTTP. `websockets` sends none.
_BAD_REQUEST = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
_REASON_PHRASES = {status.value: status.phrase for status in HTTPStatus}
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Accepted:
    subprotocol: str | None = None


@dataclass(frozen=True, slots=True)
class Rejected:
    status: int
    body: str


type Decision = Accepted | Rejected


class Listener(Protocol):
    """Handles the events of a socket. Each `on_open` is followed by one `on_close`."""

    async def on_handshake(self, handshake: Request) -> Decision: ...
    def on_open(self) -> None: ...
    def on_message(self, text: str) -> None: ...
    def on_close(self, code: int, reason: str) -> None: ...


class ClientSocket(asyncio.Protocol):
    def __init__(
        self, make_listener: Callable[["ClientSocket"], Listener], limits: TimeLimits
    ) -> None:
        self._listener = make_listener(self)
        self._limits = limits
        self._loop = asyncio.get_running_loop()
        self._protocol = ServerProtocol(max_size=(MESSAGE_BYTES, FRAME_BYTES))
        self._transport: asyncio.Transport
        self._fragments: list[bytes] = []
        self._handshake: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._full_since: float | None = None
        self._failed = self._is_open = self._closing = False
        self._opened_at = self._active_at = self._loop.time()

    # What the management API may do.

    def send(self, data: bytes) -> None:
        """Send one text message, in frames no larger than API Gateway's."""
        self._active_at = self._loop.time()
        self._protocol.send_text(data[:FRAME_BYTES], fin=len(data) <= FRAME_BYTES)
        for start in range(FRAME_BYTES, len(data), FRAME_BYTES):
            end = start + FRAME_BYTES
            self._protocol.send_continuation(data[start:end], fin=end >= len(data))
        self._flush()

    def close(self, code: int, reason: str) -> None:
        """Start the closing handshake; a client that does not finish it is cut off."""
        if self._protocol.state is State.OPEN:
            self._protocol.send_close(code, reason)
            self._flush()

    def abort(self) -> None:
        """Drop the connection without a close frame."""
        self._transport.abort()

    @property
    def idle_seconds(self) -> float:
        return self._loop.time() - self._active_at

    @property
    def is_stuck(self) -> bool:
        """Whether the client has left too much unread for `full_buffer_seconds`."""
        since = self._full_since
        return since is not None and self._loop.time() - since >= self._limits.full_buffer_seconds

    @property
    def peer(self) -> str:
        return str(self._transport.get_extra_info("peername", ("",))[0])

    @property
    def port(self) -> int:
        return int(self._transport.get_extra_info("sockname", ("", 0))[1])

    # What asyncio calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - asyncio's signature is wider
        transport.set_write_buffer_limits(high=_WRITE_BUFFER_BYTES)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._protocol.receive_data(data)
        for event in self._protocol.events_received():
            match event:
                case Request():
                    # Read nothing from a client until it is accepted.
                    self._transport.pause_reading()
                    self._handshake = self._loop.create_task(self._run_handshake(event))
                    self._handshake.add_done_callback(self._on_handshake_done)
                case Frame(opcode=Opcode.TEXT | Opcode.BINARY | Opcode.CONT) if self._is_open:
                    self._collect(event)
                case _:
                    pass
        if self._handshake is None and self._protocol.handshake_exc and not self._failed:
            self._failed = True
            self._transport.write(_BAD_REQUEST)
        self._flush()

    def eof_received(self) -> None:
        self._protocol.receive_eof()
        self._flush()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        self._protocol.receive_eof()
        self._end()
        if self._timer is not None:
            self._timer.cancel()

    def pause_writing(self) -> None:
        self._full_since = self._loop.time()

    def resume_writing(self) -> None:
        self._full_since = None

    # The handshake.

    async def _run_handshake(self, request: Request) -> None:
        response = self._protocol.accept(request)
        if response.status_code == HTTPStatus.SWITCHING_PROTOCOLS:
            response = _respond(response, await self._listener.on_handshake(request))
        self._protocol.send_response(response)
        self._open()
        self._flush()
        self._transport.resume_reading()

    def _on_handshake_done(self, handshake: asyncio.Task[None]) -> None:
        if not handshake.cancelled() and (error := handshake.exception()):
            _LOG.error("the handshake failed in the gateway itself", exc_info=error)
            self.abort()

    def _open(self) -> None:
        if self._protocol.state is State.OPEN:
            self._is_open = True
            self._opened_at = self._active_at = self._loop.time()
            self._listener.on_open()
            self._close_when_due()

    def _end(self) -> None:
        if self._is_open:
            self._is_open = False
            self._listener.on_close(*_close_status(self._protocol))

    # Frames.

    def _collect(self, frame: Frame) -> None:
        if self._failed:
            return
        if frame.opcode is Opcode.BINARY:
            # https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-develop-binary-media-types.html
            self._fail(CloseCode.UNSUPPORTED_DATA, "binary frames are not supported")
            return
        self._active_at = self._loop.time()
        self._fragments.append(bytes(frame.data))
        if frame.fin:
            self._deliver()

    def _deliver(self) -> None:
        message, self._fragments = b"".join(self._fragments), []
        try:
            text = message.decode()
        except UnicodeDecodeError:
            self._fail(CloseCode.INVALID_DATA, "not UTF-8")
        else:
            self._listener.on_message(text)

    def _fail(self, code: CloseCode, reason: str) -> None:
        self._failed = True
        self._protocol.fail(code, reason)

    def _flush(self) -> None:
        for data in self._protocol.data_to_send():
            if data:
                self._transport.write(data)
            elif self._transport.can_write_eof():
                # A client that has hung up is reported as lost right after.
                with suppress(OSError):
                    self._transport.write_eof()
        if self._protocol.state is not State.OPEN:
            self._end()
        if self._protocol.close_expected() and not self._closing:
            self._closing = True
            self._set_timer(self._loop.time() + self._limits.closing_seconds, self._transport.abort)

    # Times.

    def _close_when_due(self) -> None:
        ends_at = min(
            self._active_at + self._limits.idle_seconds,
            self._opened_at + self._limits.duration_seconds,
        )
        if self._loop.time() >= ends_at:
            # Recorded on AWS after ten idle minutes: 1001 "Going away".
            self.close(CloseCode.GOING_AWAY, "Going away")
        else:
            self._set_timer(ends_at, self._close_when_due)

    def _set_timer(self, at: float, act: Callable[[], None]) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._loop.call_at(at, act)


def _respond(handshake: Response, decision: Decision) -> Response:
    """Give the response to a valid handshake."""
    match decision:
        case Accepted(subprotocol):
            if subprotocol is not None:
                handshake.headers["Sec-WebSocket-Protocol"] = subprotocol
            return handshake
        case Rejected(status, body):
            content = body.encode()
            headers = Headers({"Content-Type": "application/json", "Connection": "close"})
            headers["Content-Length"] = str(len(content))
            return Response(status, reason_phrase(status), headers, content)


def reason_phrase(status: int) -> str:
    """Give HTTP's phrase for a status, or "Rejected" for a status that HTTP does not define."""
    return _REASON_PHRASES.get(status, "Rejected")


def _close_status(protocol: ServerProtocol) -> tuple[int, str]:
    """Give code and reason of the side that closed first, as `$disconnect` gets them."""
    received, sent = protocol.close_rcvd, protocol.close_sent
    if received is not None and (sent is None or protocol.close_rcvd_then_sent):
        if received.code == CloseCode.NO_STATUS_RCVD:
            return received.code, "Client-side close frame status not set"
        return received.code, received.reason
    if sent is not None:
        return sent.code, sent.reason
    return CloseCode.ABNORMAL_CLOSURE, ""
