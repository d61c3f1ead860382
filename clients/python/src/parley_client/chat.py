"""One user's side of the chat."""

import asyncio
import logging
import random
import ssl as tls
import time
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timezone
from types import TracebackType
from typing import TypeAlias
from urllib.parse import urlsplit

from parley_client.driver import Address, Driver, TokenProvider
from parley_client.engine.context import Clock
from parley_client.engine.engine import Engine, Hooks, State
from parley_client.engine.sign_in import Credentials
from parley_client.errors import ParleyError, again, is_end
from parley_client.event_stream import BUFFER, EventStream
from parley_client.messages import Messages
from parley_client.records import (
    Change,
    Conversation,
    ConversationChanged,
    Event,
    Identity,
    MemberRemoved,
    MembersAdded,
    Message,
    MessageChanged,
    User,
)
from parley_client.requester import frame_of
from parley_client.timing import Timing

Token: TypeAlias = str | TokenProvider

_CHANGES = (MessageChanged, MembersAdded, MemberRemoved, ConversationChanged)
_TRANSIENT = {"timeout", "internal", "rate_limited"}

log = logging.getLogger("parley_client")


def connect(  # noqa: PLR0913 -- its options are keywords
    url: str,
    *,
    username: str | None = None,
    password: str | None = None,
    token: Token | None = None,
    on_token: Callable[[Identity], None] | None = None,
    open_timeout: float = 60.0,
    ssl: tls.SSLContext | None = None,
    timing: Timing | None = None,
) -> "Chat":
    """Make a chat to be opened by `async with`, which signs in or raises why not.

    Pass a name and a password, or a token. A token may be an async function that returns one: it is
    asked first, and again whenever the service refuses the token at hand. `on_token` is called with
    each new token of the session. Raises `timeout` if nobody is signed in after `open_timeout`
    seconds.
    """
    if urlsplit(url).scheme not in ("ws", "wss"):
        raise ParleyError("bad_request", "The address begins with ws:// or wss://.")
    if (token is None) == (username is None or password is None):
        raise ParleyError("bad_request", "Pass a token, or a username and a password.")
    fixed = token if isinstance(token, str) else None
    provider = None if isinstance(token, str) else token
    credentials = Credentials(fixed, provider is not None, username, password)
    timing = timing or Timing()
    address = Address(url, ssl, timing.close_seconds)
    return Chat(address, credentials, provider, on_token, open_timeout, timing)


class Chat(Messages):
    """One user's side of the chat, over as many connections as it takes. Made by `connect`."""

    def __init__(  # noqa: PLR0913, PLR0917 -- made by `connect` alone
        self,
        address: Address,
        credentials: Credentials,
        provider: TokenProvider | None,
        on_token: Callable[[Identity], None] | None,
        open_timeout: float,
        timing: Timing,
    ) -> None:
        clock = Clock(time.monotonic, lambda: datetime.now(timezone.utc), random.random)
        hooks = Hooks(self._state_changed, self._identified, self._list_changed)
        super().__init__(Driver(address, Engine(credentials, clock, hooks, timing), provider))
        self._on_token = on_token
        self._open_timeout = open_timeout
        self._timing = timing
        self._first = asyncio.Event()
        """Set once the user is signed in, or never will be."""
        self._error: ParleyError | None = None
        self._list_watchers: set[asyncio.Event] = set()
        self._typing_at: dict[str, float] = {}

    @property
    def state(self) -> State:
        """`connecting`, `online`, `offline` while it tries again, or `closed`."""
        return self._driver.engine.state

    @property
    def user(self) -> User:
        """Who is signed in."""
        identity = self._driver.engine.identity
        if identity is None:
            raise RuntimeError("Open the chat first: async with connect(…) as chat.")
        return identity.user

    def events(
        self, conversation_id: str, *, after: int | None = None, buffer_size: int = BUFFER
    ) -> EventStream[Event]:
        """Return all messages and changes after a number, in one order; without one, from now on.

        A message comes as it is when it comes; a change of it that was made before then may not
        come as well. If the consumer is slow, `buffer_size` events wait for it, and the rest stays
        with the service, which has it in `history`.
        """
        return EventStream(self._driver, conversation_id, after, (Message, *_CHANGES), buffer_size)

    def messages(
        self, conversation_id: str, *, after: int | None = None, buffer_size: int = BUFFER
    ) -> EventStream[Message]:
        """Return the messages among the events."""
        return EventStream(self._driver, conversation_id, after, (Message,), buffer_size)

    def changes(
        self, conversation_id: str, *, after: int | None = None, buffer_size: int = BUFFER
    ) -> EventStream[Change]:
        """Return the changes among the events."""
        return EventStream(self._driver, conversation_id, after, _CHANGES, buffer_size)

    async def watch_conversations(self) -> AsyncIterator[list[Conversation]]:
        """Yield the list of the user's conversations now, and again after each change of it.

        A change of which the push was lost is noticed one heartbeat later. It ends when the chat is
        closed.
        """
        changed = asyncio.Event()
        changed.set()
        self._list_watchers.add(changed)
        try:
            while True:
                await changed.wait()
                changed.clear()
                try:
                    yield await self.conversations()
                except ParleyError as error:
                    if is_end(error):
                        return
                    if error.code not in _TRANSIENT:
                        raise
                    log.warning("the list of conversations did not come: %s", error.code)
                    changed.set()
        finally:
            self._list_watchers.discard(changed)

    async def typing(self, conversation_id: str, *, is_typing: bool = True) -> None:
        """Announce that the user is typing. It may be called for every keystroke.

        The others hear of it once in three seconds. While there is no connection they do not.
        """
        now = time.monotonic()
        since = self._typing_at.get(conversation_id)
        is_fresh = since is not None and now - since < self._timing.typing_seconds
        if is_fresh if is_typing else since is None:
            return
        self._typing_at.pop(conversation_id, None)
        if is_typing:
            self._typing_at[conversation_id] = now
        frame = frame_of("typing", conversation_id, None, {"is_typing": is_typing})
        self._driver.engine.notify(frame)
        self._driver.flush()

    async def sign_out(self) -> None:
        """End every session of the user, on all devices, and this chat."""
        await self.request("sign_out")

    async def close(self) -> None:
        """End the connection and everything that waits for it. The token stays valid."""
        await self._driver.close(ParleyError("closed", "The chat was closed."))

    async def __aenter__(self) -> "Chat":  # noqa: PYI034 -- Self is younger than Python 3.10
        self._driver.start()
        try:
            await self._signed_in()
        except BaseException:
            await self.close()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()
        if error is None and self._driver.failure:
            raise self._driver.failure

    async def _signed_in(self) -> None:
        try:
            await asyncio.wait_for(self._first.wait(), self._open_timeout)
        except asyncio.TimeoutError:
            message = f"Nobody was signed in after {self._open_timeout:g} seconds."
            raise ParleyError("timeout", message) from self._driver.last_problem
        if self._error:
            raise again(self._error)

    def _state_changed(self, state: State, error: ParleyError | None) -> None:
        log.info("%s%s", state, f" ({error.code})" if error else "")
        if state == "closed":
            self._error = error
            self._list_changed()
        if state in ("online", "closed"):
            self._first.set()

    def _identified(self, identity: Identity) -> None:
        if self._on_token:
            self._on_token(identity)

    def _list_changed(self) -> None:
        for changed in self._list_watchers:
            changed.set()
