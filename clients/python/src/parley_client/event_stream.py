"""Messages and changes, as they come."""

import asyncio
import weakref
from contextlib import suppress
from types import TracebackType
from typing import Generic, TypeVar, cast

from parley_client.driver import Driver
from parley_client.engine.stream import Consumer, Stream
from parley_client.errors import again, is_end

T = TypeVar("T")

BUFFER = 200
"""How many events wait for a consumer before the client stops taking pushes for it."""


class EventStream(Generic[T]):
    """Events of one conversation, for `async for`: in order, each once, and without holes.

    It ends when the chat is closed. It raises a `ParleyError` when the user may no longer read the
    conversation (`not_a_member`), or the session ends. One consumer at a time.
    """

    def __init__(
        self,
        driver: Driver,
        conversation_id: str,
        after: int | None,
        kinds: tuple[type, ...],
        buffer_size: int,
    ) -> None:
        if buffer_size < 2:  # noqa: PLR2004 -- half of it is one
            raise ValueError("buffer_size is at least 2.")
        self._driver = driver
        self._kinds = kinds
        self._ready = asyncio.Event()
        self._is_closed = False
        self._stream = driver.engine.open_stream(
            conversation_id, after, Consumer(buffer_size, self._ready.set)
        )
        driver.flush()
        # A consumer that leaves its loop closes nothing.
        self._finalizer = weakref.finalize(self, _forget, driver, driver.loop, self._stream)
        self._finalizer.atexit = False

    def close(self) -> None:
        """Bring nothing more. To leave the loop is enough, too."""
        self._is_closed = True
        self._finalizer.detach()
        self._ready.set()
        _close(self._driver, self._stream)

    def __aiter__(self) -> "EventStream[T]":
        return self

    async def __anext__(self) -> T:
        while not self._is_closed:
            self._ready.clear()
            event = self._stream.take()
            if event is None:
                self._raise_error()
                await self._ready.wait()
                continue
            self._driver.flush()
            if isinstance(event, self._kinds):
                return cast("T", event)
        raise StopAsyncIteration

    async def __aenter__(self) -> "EventStream[T]":
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _raise_error(self) -> None:
        error = self._stream.error
        if error is None:
            return
        if is_end(error):
            raise StopAsyncIteration
        raise again(error)


def _forget(driver: Driver, loop: asyncio.AbstractEventLoop, stream: Stream) -> None:
    # The garbage collector may call this at any moment, from any thread.
    with suppress(RuntimeError):  # the loop is closed, and the chat with it
        loop.call_soon_threadsafe(_close, driver, stream)


def _close(driver: Driver, stream: Stream) -> None:
    driver.engine.close_stream(stream)
    driver.flush()
