"""A program that answers messages."""

import asyncio
import signal
from contextlib import suppress

from parley_client.chat import Chat
from parley_client.followers import Followers, Handler
from parley_client.positions import Positions, PositionStore


class Bot:
    """Calls a function for each message of others, in every conversation that the user is in.

    With a `store` it misses nothing while it is down: each message is handled at least once. An
    error that the function raises ends `run`, and the message counts as not handled. `chat` is what
    `connect` returns; the bot opens it.
    """

    def __init__(
        self, chat: Chat, *, store: PositionStore | None = None, grace_seconds: float = 5.0
    ) -> None:
        self.chat = chat
        """For everything else that a client does."""
        self._store = store
        self._grace_seconds = grace_seconds
        self._handler: Handler | None = None
        self._stopping = asyncio.Event()

    def on_message(self, handler: Handler) -> Handler:
        """Have this function called with each message, in order, one at a time per conversation."""
        if self._handler:
            raise ValueError("A bot has one function for messages.")
        self._handler = handler
        return handler

    def run(self) -> None:
        """Answer messages until SIGINT or SIGTERM, as `serve` does."""
        asyncio.run(self._serve_until_signal())

    async def serve(self) -> None:
        """Answer messages until `stop` is called, in a program that has an event loop.

        Handlers that run then are awaited for `grace_seconds`.
        """
        if self._handler is None:
            raise ValueError("The bot has no function for messages: use @bot.on_message.")
        positions = Positions(self._store)
        await positions.load()
        async with self.chat:
            followers = Followers(self.chat, self._handler, positions)
            await followers.run(self._stopping, self._grace_seconds)

    def stop(self) -> None:
        """End `serve`."""
        self._stopping.set()

    async def _serve_until_signal(self) -> None:
        loop = asyncio.get_running_loop()
        signals = (signal.SIGINT, signal.SIGTERM)

        def stop() -> None:
            for each in signals:
                loop.remove_signal_handler(each)  # a second one ends the program at once
            self.stop()

        with suppress(NotImplementedError):  # on Windows, Ctrl-C interrupts
            for each in signals:
                loop.add_signal_handler(each, stop)
        await self.serve()
