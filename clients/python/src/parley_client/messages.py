"""What a user does with messages."""

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from parley_client.changes import changes_of
from parley_client.conversations import Conversations, made
from parley_client.engine.engine import check_fits
from parley_client.engine.outbox import stored_message
from parley_client.errors import ParleyError
from parley_client.frames import checked_content, well_formed
from parley_client.reading import (
    message_changed_of,
    page_of,
)
from parley_client.records import (
    Message,
    MessageChanged,
    Page,
)
from parley_client.requester import frame_of, nonsense


class Messages(Conversations):
    """The requests about messages."""

    async def send(  # noqa: PLR0913 -- what a message may have
        self,
        conversation_id: str,
        content: str = "",
        *,
        type: str = "text",  # noqa: A002 -- the protocol's word
        reply_to: Message | str | None = None,
        mentions: Sequence[str] = (),
        attachments: Sequence[Mapping[str, Any]] = (),
        client_message_id: str | None = None,
    ) -> Message:
        """Send a message; returns it once it is stored, exactly once, over as many connections as
        it takes, in the order of the calls.

        Raises what the service answers, and `outcome_unknown` if it never answers in 23 hours. If
        this is cancelled, the message is not sent any more. What is on its way may be stored.
        """  # noqa: D205 -- one promise
        content = checked_content(content, attachments)
        data: dict[str, Any] = {"content": content, "type": type}
        if reply_to is not None:
            data["reply_to"] = _id_of(reply_to)
        if mentions:
            data["mentions"] = list(mentions)
        if attachments:
            data["attachments"] = [dict(each) for each in attachments]
        frame = frame_of("chat_message", conversation_id, None, data)
        frame["clientMessageId"] = well_formed(client_message_id or secrets.token_hex(16))
        check_fits(frame)
        engine = self._driver.engine
        reply = await self._driver.outcome(
            lambda done: engine.send(frame, done), engine.cancel_send
        )
        return _stored(reply)

    async def reply(
        self, message: Message, content: str, *, mentions: Sequence[str] = ()
    ) -> Message:
        """Send a message that refers to another one of its conversation."""
        return await self.send(
            message.conversation_id, content, reply_to=message, mentions=mentions
        )

    async def edit(
        self,
        message: Message,
        content: str,
        *,
        mentions: Sequence[str] = (),
        overwrite: bool = False,
    ) -> MessageChanged:
        """Replace the content and the mentions of a message of the user's own.

        Raises `conflict` if it was edited since `message`, unless `overwrite`, or deleted.
        """
        content = checked_content(content, message.attachments)
        version = None if overwrite else message.version
        data = {"content": content, "version": version, "mentions": list(mentions) or None}
        data["type"] = message.type
        try:
            return await self._change("edit_message", message, data)
        except ParleyError as error:
            edit = await self._edit_made_before(error, message, content)
            if edit is None:
                raise
            return edit

    async def delete(self, message: Message | str) -> MessageChanged:
        """Delete a message for everybody, for good: its author, owners and moderators may."""
        return await self._change("delete_message", message, None)

    async def react(
        self, message: Message | str, reaction: str, *, is_on: bool = True
    ) -> MessageChanged:
        """Add a reaction of the user to a message, or take it away."""
        return await self._change("react", message, {"reaction": reaction, "is_on": is_on})

    async def history(
        self,
        conversation_id: str,
        *,
        after: int | None = None,
        before: int | None = None,
        limit: int = 50,
    ) -> Page:
        """Return a page of the past, as it is now: after or before a number, or the newest."""
        data = {"after_seq": after, "before_seq": before, "limit": limit}
        reply = await self.request("history", conversation_id=conversation_id, data=data)
        return made(page_of, "history", reply)

    async def get_messages(self, conversation_id: str, message_ids: Sequence[str]) -> list[Message]:
        """Return those of at most 50 messages that exist, as they are now."""
        wanted, found = list(message_ids), list[Message]()
        while wanted:
            data = {"message_ids": wanted}
            reply = await self.request("get_messages", conversation_id=conversation_id, data=data)
            page = made(page_of, "get_messages", {"up_to": 0, "has_more": False, **reply})
            found += page.messages
            wanted = list(reply.get("left_out", ()))
        return found

    async def mark_read(self, message: Message) -> None:
        """Mark everything up to the message as read. The mark never goes back."""
        await self.request("read_receipt", message_id=message.message_id)

    async def _change(
        self, frame_type: str, message: Message | str, data: Mapping[str, Any] | None
    ) -> MessageChanged:
        reply = await self.request(frame_type, message_id=_id_of(message), data=data)
        return made(message_changed_of, frame_type, reply)

    async def _edit_made_before(
        self, error: ParleyError, message: Message, content: str
    ) -> MessageChanged | None:
        """Return the edit if a `conflict` reports this very one, of which the reply was lost."""
        version = error.data.get("version") if error.code == "conflict" else None
        if not version:
            return None
        for now in await self.get_messages(message.conversation_id, [message.message_id]):
            if (now.version, now.content) == (version, content):
                return changes_of(now)[0]
        return None


def _id_of(message: Message | str) -> str:
    return message if isinstance(message, str) else message.message_id


def _stored(reply: dict[str, Any]) -> Message:
    try:
        return stored_message(reply)
    except (KeyError, TypeError, ValueError) as error:
        raise nonsense("chat_message") from error
