"""The conversations of a bot, and its answers in them."""

import asyncio
import hashlib
import logging
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any, TypeAlias

from parley_client.chat import Chat
from parley_client.errors import ParleyError
from parley_client.event_stream import EventStream
from parley_client.positions import Positions
from parley_client.records import (
    Conversation,
    Message,
    User,
)

log = logging.getLogger("parley_client")


class Reply:
    """Answers one message in its conversation: `await reply("Hello")`.

    A handler that runs again for the same message sends the same answers, and the service stores
    each once, within 24 hours.
    """

    def __init__(self, chat: Chat, message: Message) -> None:
        self._chat = chat
        self._message = message
        self._count = 0

    async def __call__(
        self, content: str, *, mentions: Sequence[str] = (), is_reply: bool = True
    ) -> Message:
        """Send the answer; returns it once it is stored. `is_reply`: it refers to the message."""
        self._count += 1
        return await self._chat.send(
            self._message.conversation_id,
            content,
            reply_to=self._message if is_reply else None,
            mentions=mentions,
            client_message_id=_answer_id(self._message, self._chat.user, self._count),
        )


Handler: TypeAlias = Callable[[Message, Reply], Awaitable[None]]


class Followers:
    """A task for each conversation, which handles its messages one after the other."""

    def __init__(self, chat: Chat, handler: Handler, positions: Positions) -> None:
        self._chat = chat
        self._handler = handler
        self._positions = positions
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._streams: dict[str, EventStream[Message]] = {}
        self._failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def run(self, stopping: asyncio.Event, grace_seconds: float) -> None:
        """Follow every conversation until stopped. Raises what a handler raises."""
        listing = asyncio.create_task(self._follow_all())
        stopped = asyncio.create_task(stopping.wait())
        ends: set[asyncio.Future[Any]] = {listing, stopped, self._failed}
        try:
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
            await self._finish(grace_seconds)
        finally:
            for task in self._tasks.values():
                task.remove_done_callback(self._ended)
            await _cancel((listing, stopped, *self._tasks.values()))
        error = None if listing.cancelled() else listing.exception()
        if self._failed.done():
            self._failed.result()
        elif error:
            raise error

    async def _follow_all(self) -> None:
        is_first = self._positions.is_first_run
        async for conversations in self._chat.watch_conversations():
            for conversation in conversations:
                if conversation.conversation_id not in self._tasks:
                    await self._begin(conversation, from_now=is_first)
            is_first = False

    async def _begin(self, conversation: Conversation, *, from_now: bool) -> None:
        conversation_id = conversation.conversation_id
        after = self._positions.get(conversation_id)
        if after is None:
            # A member who was added has read up to there.
            after = conversation.last_seq if from_now else conversation.last_read_seq
            await self._positions.note(conversation_id, after)
        self._streams[conversation_id] = self._chat.messages(conversation_id, after=after)
        task = asyncio.create_task(self._follow(conversation_id))
        self._tasks[conversation_id] = task
        task.add_done_callback(self._ended)

    async def _follow(self, conversation_id: str) -> None:
        try:
            async for message in self._streams[conversation_id]:
                await self._handle(message)
        except ParleyError as error:
            if not await self._has_left(conversation_id, error):
                raise
            log.info("the bot has left a conversation")
            await self._positions.forget(conversation_id)
            del self._tasks[conversation_id], self._streams[conversation_id]

    async def _handle(self, message: Message) -> None:
        is_own = message.user_id == self._chat.user.user_id
        if is_own or message.deleted_at:
            return
        await self._handler(message, Reply(self._chat, message))
        await self._positions.note(message.conversation_id, message.seq)

    async def _has_left(self, conversation_id: str, error: ParleyError) -> bool:
        """Whether this error says that the bot is no longer in the conversation."""
        if error.code != "not_a_member":
            return False
        listed = await self._chat.conversations()
        return all(each.conversation_id != conversation_id for each in listed)

    def _ended(self, task: "asyncio.Task[None]") -> None:
        if task.cancelled():
            error: BaseException | None = RuntimeError("The function for messages was cancelled.")
        else:
            error = task.exception()
        if error and not self._failed.done():
            self._failed.set_exception(error)

    async def _finish(self, grace_seconds: float) -> None:
        """Take no further message, and wait for the handlers that run."""
        for stream in self._streams.values():
            stream.close()
        running = [task for task in self._tasks.values() if not task.done()]
        if running:
            await asyncio.wait(running, timeout=grace_seconds)


async def _cancel(tasks: Iterable["asyncio.Task[Any]"]) -> None:
    waiting = [task for task in tasks if not task.done()]
    for task in waiting:
        task.cancel()
    if waiting:
        await asyncio.wait(waiting)


def _answer_id(message: Message, user: User, number: int) -> str:
    name = f"{user.user_id}/{message.message_id}/{number}"
    return hashlib.sha256(name.encode()).hexdigest()[:32]
