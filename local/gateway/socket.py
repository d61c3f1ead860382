"""One client's TCP connection: RFC 6455 on the wire, with API Gateway's sizes and times.

The protocol itself is the Sans-I/O part of `websockets`, which also answers pings.
"""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus
from typing import Protocol

from websockets.frames import CloseCode, Frame, Opcode
from websockets.http11 import Request
from websockets.protocol import State
from websockets.server import ServerProtocol

from local.gateway.handshake import BAD_REQUEST, Answer, answer, farewell
from local.gateway.limits import FRAME_BYTES, MESSAGE_BYTES, TimeLimits

_BUFFERED_BYTES = 4 * FRAME_BYTES
_LOG = logging.getLogger(__name__)


class Listener(Protocol):
    """Who is told what happens on a socket. `left` follows every `entered`, once."""

    async def knocked(self, request: Request) -> Answer: ...
    def entered(self) -> None: ...
    def said(self, text: str) -> None: ...
    def left(self, code: int, reason: str) -> None: ...


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
        self._opening: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._full_since: float | None = None
        self._refusing = self._inside = self._closing = False
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
        """Begin the closing handshake; a client that does not join in is cut off."""
        if self._protocol.state is State.OPEN:
            self._protocol.send_close(code, reason)
            self._flush()

    def abort(self) -> None:
        """Cut the connection without a word."""
        self._transport.abort()

    @property
    def idle_seconds(self) -> float:
        return self._loop.time() - self._active_at

    @property
    def is_stuck(self) -> bool:
        """Whether the client has not read what was sent to it for a while."""
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
        transport.set_write_buffer_limits(high=_BUFFERED_BYTES)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._protocol.receive_data(data)
        for event in self._protocol.events_received():
            match event:
                case Request():
                    # Nothing is read from a client that has not been let in yet.
                    self._transport.pause_reading()
                    self._opening = self._loop.create_task(self._open(event))
                    self._opening.add_done_callback(self._opened)
                case Frame(opcode=Opcode.TEXT | Opcode.BINARY | Opcode.CONT) if self._inside:
                    self._collect(event)
                case _:
                    pass
        if self._opening is None and self._protocol.handshake_exc and not self._refusing:
            self._refusing = True
            self._transport.write(BAD_REQUEST)
        self._flush()

    def eof_received(self) -> None:
        self._protocol.receive_eof()
        self._flush()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        self._protocol.receive_eof()
        self._leave()
        if self._timer is not None:
            self._timer.cancel()

    def pause_writing(self) -> None:
        self._full_since = self._loop.time()

    def resume_writing(self) -> None:
        self._full_since = None

    # The handshake.

    async def _open(self, request: Request) -> None:
        response = self._protocol.accept(request)
        if response.status_code == HTTPStatus.SWITCHING_PROTOCOLS:
            response = answer(response, await self._listener.knocked(request))
        self._protocol.send_response(response)
        self._enter()
        self._flush()
        self._transport.resume_reading()

    def _opened(self, opening: asyncio.Task[None]) -> None:
        if not opening.cancelled() and (fault := opening.exception()):
            _LOG.error("the handshake failed in the front itself", exc_info=fault)
            self.abort()

    def _enter(self) -> None:
        if self._protocol.state is State.OPEN:
            self._inside = True
            self._opened_at = self._active_at = self._loop.time()
            self._listener.entered()
            self._expire()

    def _leave(self) -> None:
        if self._inside:
            self._inside = False
            self._listener.left(*farewell(self._protocol))

    # Frames.

    def _collect(self, frame: Frame) -> None:
        if self._refusing:
            return
        if frame.opcode is Opcode.BINARY:
            # https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-develop-binary-media-types.html
            self._refuse(CloseCode.UNSUPPORTED_DATA, "binary frames are not supported")
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
            self._refuse(CloseCode.INVALID_DATA, "not UTF-8")
        else:
            self._listener.said(text)

    def _refuse(self, code: CloseCode, reason: str) -> None:
        self._refusing = True
        self._protocol.fail(code, reason)

    def _flush(self) -> None:
        for data in self._protocol.data_to_send():
            if data:
                self._transport.write(data)
            elif self._transport.can_write_eof():
                # A client that has hung up meanwhile is lost in a moment.
                with suppress(OSError):
                    self._transport.write_eof()
        if self._protocol.state is not State.OPEN:
            self._leave()
        if self._protocol.close_expected() and not self._closing:
            self._closing = True
            self._arm(self._loop.time() + self._limits.closing_seconds, self._transport.abort)

    # Times.

    def _expire(self) -> None:
        ends_at = min(
            self._active_at + self._limits.idle_seconds,
            self._opened_at + self._limits.duration_seconds,
        )
        if self._loop.time() >= ends_at:
            # Recorded on AWS after ten idle minutes: 1001 "Going away".
            self.close(CloseCode.GOING_AWAY, "Going away")
        else:
            self._arm(ends_at, self._expire)

    def _arm(self, at: float, act: Callable[[], None]) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._loop.call_at(at, act)
