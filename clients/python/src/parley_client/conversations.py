"""What a user does with conversations."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from parley_client.reading import (
    conversation_changed_of,
    conversation_of,
    member_of,
    member_removed_of,
    members_added_of,
)
from parley_client.records import (
    Conversation,
    ConversationChanged,
    Member,
    MemberRemoved,
    MembersAdded,
)
from parley_client.requester import Requester, nonsense

T = TypeVar("T")
Make = Callable[[Mapping[str, Any]], T]


class Conversations(Requester):
    """The requests about conversations and their members."""

    async def conversations(self) -> list[Conversation]:
        """List all conversations of the user, the latest activity first."""
        return await self._list("list_conversations", None, conversation_of)

    async def members(self, conversation_id: str) -> list[Member]:
        """List all members of a conversation."""
        return await self._list("list_members", conversation_id, member_of)

    async def create_conversation(
        self, members: Sequence[str], *, title: str | None = None, kind: str = "group"
    ) -> Conversation:
        """Create a group with these users, by their names, or a `direct` conversation with one.

        A direct conversation is created once. Of a group, `outcome_unknown` says that it may exist.
        """
        data = {"kind": kind, "title": title, "members": list(members)}
        return await self._make(
            conversation_of, "create_conversation", None, data, is_repeatable=kind == "direct"
        )

    async def add_members(self, conversation_id: str, usernames: Sequence[str]) -> MembersAdded:
        """Add users to a group: its owners may."""
        data = {"members": list(usernames)}
        return await self._make(members_added_of, "add_members", conversation_id, data)

    async def remove_member(self, conversation_id: str, username: str) -> MemberRemoved:
        """Remove a member from a group: its owners may."""
        data = {"username": username}
        return await self._make(
            member_removed_of, "remove_member", conversation_id, data, is_repeatable=False
        )

    async def leave(self, conversation_id: str) -> MemberRemoved:
        """Leave a group."""
        return await self._make(
            member_removed_of, "leave_conversation", conversation_id, None, is_repeatable=False
        )

    async def set_title(self, conversation_id: str, title: str) -> ConversationChanged:
        """Give a group another title: owners and moderators may."""
        data = {"title": title}
        return await self._make(conversation_changed_of, "set_title", conversation_id, data)

    async def _list(self, frame_type: str, conversation_id: str | None, make: Make[T]) -> list[T]:
        items: list[T] = []
        cursor: str | None = None
        while True:
            data = {"cursor": cursor}
            page = await self.request(frame_type, conversation_id=conversation_id, data=data)
            items += [made(make, frame_type, each) for each in page.get("items", ())]
            cursor = page.get("cursor")
            if not cursor:
                return items

    async def _make(
        self,
        make: Make[T],
        frame_type: str,
        conversation_id: str | None,
        data: Mapping[str, Any] | None,
        *,
        is_repeatable: bool = True,
    ) -> T:
        reply = await self.request(
            frame_type, conversation_id=conversation_id, data=data, is_repeatable=is_repeatable
        )
        return made(make, frame_type, reply)


def made(make: Make[T], frame_type: str, data: Mapping[str, Any]) -> T:
    try:
        return make(data)
    except (KeyError, TypeError, ValueError) as error:
        raise nonsense(frame_type) from error
