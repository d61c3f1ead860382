"""Carries out what an engine wants, on asyncio and websockets."""

import asyncio
import logging
import ssl
import time
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeAlias

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException

from parley_client.engine.effects import AskToken, Close, Effect, Open, Send
from parley_client.engine.engine import Engine
from parley_client.engine.requests import Done, Outcome
from parley_client.errors import Frame, ParleyError

TokenProvider: TypeAlias = Callable[[], Awaitable[str | None]]
"""Returns a token for the user, or None to end the chat."""

FRAME_BYTES = 131_072
"""API Gateway's quota for one message: larger frames end the connection."""

log = logging.getLogger("parley_client")

_quiet = logging.getLogger("parley_client.websocket")
# At the level DEBUG, websockets logs the frames, which have texts, passwords and tokens in them.
_quiet.setLevel(logging.INFO)


@dataclass(frozen=True)
class Address:
    url: str
    ssl: ssl.SSLContext | None
    close_seconds: float


@dataclass(frozen=True)
class _Socket:
    task: "asyncio.Task[None]"
    outgoing: "asyncio.Queue[str]"


class Driver:
    """Runs one engine on the running event loop, until it is closed."""

    def __init__(self, address: Address, engine: Engine, provider: TokenProvider | None) -> None:
        self.engine = engine
        self.failure: BaseException | None = None
        """A fault of the client, or of a function that its user gave it."""
        self.last_problem: Exception | None = None
        """Why the last socket did not open, or ended."""
        self._address = address
        self._provider = provider
        self._loop: asyncio.AbstractEventLoop | None = None
        self._sockets: dict[int, _Socket] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._timer: asyncio.TimerHandle | None = None

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        if self._loop is None:
            raise RuntimeError("Open the chat first: async with connect(…) as chat.")
        return self._loop

    def start(self) -> None:
        if self._loop:
            raise RuntimeError("A chat is opened once: make another one by connect(…).")
        self._loop = asyncio.get_running_loop()
        self.engine.start()
        self.flush()

    def flush(self) -> None:
        """Carry out what the engine wants by now. To be called after each call of the engine."""
        for effect in self.engine.take_effects():
            self._carry_out(effect)
        self._set_timer()

    async def outcome(self, start: Callable[[Done], Any], cancel: Callable[[Any], None]) -> Frame:
        """Start something in the engine and wait for its outcome. Cancelling this cancels it."""
        future: asyncio.Future[Frame] = self.loop.create_future()
        handle = start(lambda outcome: _settle(future, outcome))
        self.flush()
        try:
            return await future
        except asyncio.CancelledError:
            if not future.cancelled():
                future.exception()  # nobody will look at it
            cancel(handle)
            self.flush()
            raise

    async def close(self, error: ParleyError) -> None:
        """End the engine, and wait until all sockets are closed."""
        self.engine.end(error)
        if self._loop is None:
            return
        self.flush()
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(set(self._tasks), timeout=2 * self._address.close_seconds)

    def _carry_out(self, effect: Effect) -> None:
        if isinstance(effect, Open):
            outgoing: asyncio.Queue[str] = asyncio.Queue()
            task = self._spawn(self._run(effect.connection, outgoing))
            self._sockets[effect.connection] = _Socket(task, outgoing)
        elif isinstance(effect, Send):
            self._sockets[effect.connection].outgoing.put_nowait(effect.text)
        elif isinstance(effect, Close):
            self._sockets.pop(effect.connection).task.cancel()
        elif isinstance(effect, AskToken):
            self._spawn(self._ask_token(effect.asking))

    def _set_timer(self) -> None:
        if self._timer:
            self._timer.cancel()
        at = self.engine.next_at
        # A loop may have another clock than the engine.
        delay = None if at is None else max(0.0, at - time.monotonic())
        self._timer = None if delay is None else self.loop.call_later(delay, self._tick)

    def _tick(self) -> None:
        self._report(self.engine.tick)

    def _report(self, report: Callable[..., None], *details: object) -> None:
        """Report something to the engine. A fault of it, or of a callback, ends the chat."""
        try:
            report(*details)
        except Exception as error:  # noqa: BLE001 -- it reaches the user
            self._fail(error)
        self.flush()

    async def _run(self, connection: int, outgoing: "asyncio.Queue[str]") -> None:
        """Open a socket, read it to its end, and report."""
        address = self._address
        try:
            async with connect(
                address.url,
                ssl=address.ssl,
                compression=None,
                open_timeout=None,  # the engine has a deadline
                ping_interval=None,  # and heartbeats
                close_timeout=address.close_seconds,
                max_size=FRAME_BYTES,
                logger=_quiet,
            ) as socket:
                self._report(self.engine.opened, connection)
                await self._use(socket, connection, outgoing)
        except (OSError, WebSocketException) as error:
            self.last_problem = error
            log.info("the connection ended: %s", type(error).__name__)
        self._report(self.engine.lost, connection)

    async def _use(
        self, socket: ClientConnection, connection: int, outgoing: "asyncio.Queue[str]"
    ) -> None:
        writer = asyncio.create_task(_write(socket, outgoing))
        try:
            async for text in socket:
                if isinstance(text, str):
                    self._report(self.engine.received, connection, text)
        finally:
            writer.cancel()
            with suppress(asyncio.CancelledError, ConnectionClosed):
                await writer

    async def _ask_token(self, asking: int) -> None:
        assert self._provider is not None  # noqa: S101 -- the engine asks only if there is one
        try:
            token = await self._provider()
        except Exception as error:  # noqa: BLE001 -- it reaches the caller, or is asked again
            log.warning("the token provider failed: %s", type(error).__name__)
            failed = ParleyError("token_failed", "The token provider raised an error.")
            failed.__cause__ = error
            self._report(self.engine.token_failed, asking, failed)
        else:
            self._report(self.engine.token_came, asking, token)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
        task = self.loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            self._fail(error)
            self.flush()

    def _fail(self, error: BaseException) -> None:
        """End the chat: everything that waits for it gets the error as the cause."""
        self.failure = self.failure or error
        closed = ParleyError("closed", "The client failed.")
        closed.__cause__ = error
        self.engine.end(closed)


async def _write(socket: ClientConnection, outgoing: "asyncio.Queue[str]") -> None:
    while True:
        await socket.send(await outgoing.get())


def _settle(future: "asyncio.Future[Frame]", outcome: Outcome) -> None:
    if future.done():
        return
    if isinstance(outcome, ParleyError):
        future.set_exception(outcome)
    else:
        future.set_result(outcome)
