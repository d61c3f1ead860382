"""Members in the model: how they come, go and are listed."""

from collections.abc import Iterable

from chat.actions.create_conversation import direct_conversation_id
from chat.protocol.encoding import rfc3339
from testing.model_changes import ModelChanges
from testing.model_moderation import shown_mute
from testing.model_state import (
    Change,
    Conversation,
    Membership,
    ModelRefusal,
    Socket,
    person,
    user_id,
)
from testing.sockets import Frame


class ModelMembers(ModelChanges):
    def creates(self, socket: Socket, kind: str, conversation_id: str, names: list[str]) -> Frame:
        name = self.authenticated(socket)
        others = [each for each in dict.fromkeys(names) if each != name]
        if kind == "direct":
            if len(others) != 1:
                raise ModelRefusal("bad_request")
            conversation_id = direct_conversation_id(user_id(name), user_id(others[0]))
        if conversation_id not in self.conversations:
            self._check_limits([name, *others], len(others) + 1)
            begun = Conversation(conversation_id, kind, self.now(), active_at=self.now())
            self.conversations[conversation_id] = begun
            begun.members[name] = Membership("owner", self.now())
            begun.members |= {each: Membership("member", self.now()) for each in others}
            for each in begun.members:
                self.inbox[each] += 1
            self._introduce(begun, [name, *others], but=socket)
        created = self.conversations[conversation_id]
        return {"type": "conversation_created", "data": self.view(created, name)}

    def adds(self, socket: Socket, conversation_id: str, names: list[str]) -> Frame:
        conversation, name = self.member(socket, conversation_id)
        self._check_changeable(conversation, name)
        if conversation.banned & set(names):
            raise ModelRefusal("conflict")
        added = [each for each in dict.fromkeys(names) if each not in conversation.members]
        joined_at = self.now()
        if any(conversation.ended.get(each, -1) >= joined_at for each in added):
            # A removal in the same millisecond costs an attempt, and its number.
            out = {n: at for n, at in conversation.ended.items() if n not in conversation.banned}
            joined_at = max(out.values()) + 1
            self._next_number(conversation)
        number = {"seq": self._next_number(conversation)} if added else {}
        if added:
            self._check_limits(added, len(conversation.members) + len(added))
        for each in added:
            self.inbox[each] += 1
            conversation.members[each] = Membership("member", joined_at, conversation.last_seq)
        for each in names:
            self._put_on_roster(conversation, each)
        online = {each: bool(self.sessions_of(each)) for each in added}
        self._introduce(conversation, added)
        members = [
            person(each)
            | {"role": "member", "last_read_seq": conversation.last_seq, "online": online[each]}
            for each in added
        ]
        where: Frame = {"conversation_id": conversation_id} | number
        data = where | {"members": members, "by": person(name)}
        event: Frame = {"type": "members_added", "data": data}
        if added:
            past = [{k: v for k, v in each.items() if k != "online"} for each in members]
            frame = event | {"data": data | {"members": past}}
            conversation.changes[number["seq"]] = Change(name, frame=frame)
            others = [each for each in self.live(conversation) if each.user not in added]
            self.push_to_all(conversation, event, others, but=socket)
        return event

    def removes(self, socket: Socket, conversation_id: str, leaving: str) -> Frame:
        conversation, name = self.member(socket, conversation_id)
        if leaving == name:
            return self.leaves(socket, conversation_id)
        self._check_changeable(conversation, name)
        if leaving not in conversation.members:
            raise ModelRefusal("conflict")
        return self._departs(conversation, leaving, socket)

    def leaves(self, socket: Socket, conversation_id: str) -> Frame:
        conversation, name = self.member(socket, conversation_id)
        if conversation.kind == "direct":
            raise ModelRefusal("conflict")
        return self._departs(conversation, name, socket)

    def lists_conversations(self, socket: Socket) -> list[Frame]:
        name = self.authenticated(socket)
        found = sorted(self.conversations_of(name), key=lambda each: each.conversation_id)
        return [self.view(each, name) for each in found]

    def lists_members(self, socket: Socket, conversation_id: str) -> list[Frame]:
        conversation, _ = self.member(socket, conversation_id)
        online = {each.user for each in self.live(conversation)}
        return [
            person(name)
            | {
                "role": each.role,
                "last_read_seq": each.last_read_seq,
                "online": name in online,
            }
            | shown_mute(each)
            for name, each in sorted(conversation.members.items())
        ]

    def view(self, conversation: Conversation, name: str) -> Frame:
        """Show a conversation to a member."""
        membership = conversation.members[name]
        own = [seq for seq, each in conversation.messages.items() if each["username"] == name]
        seen = max([membership.last_read_seq, *own])
        said = conversation.messages.items()
        unread = [seq for seq, each in said if seq > seen and "deleted_at" not in each]
        shown: Frame = {
            "conversation_id": conversation.conversation_id,
            "kind": conversation.kind,
            "role": membership.role,
            "last_seq": conversation.last_seq,
            "last_activity_at": rfc3339(conversation.active_at),
            "last_read_seq": membership.last_read_seq,
            "unread_count": min(len(unread), 100),
            "mention_count": 0,
            "created_at": rfc3339(conversation.created_at),
        }
        shown |= shown_mute(membership)
        if conversation.slow_seconds:
            shown["slow_seconds"] = conversation.slow_seconds
        if conversation.title is not None:
            shown["title"] = conversation.title
        if conversation.messages:
            newest = conversation.messages[max(conversation.messages)]
            shown["last_message"] = newest | {"content": newest["content"][:200]}
            shown["last_message"].pop("reactions", None)
        return shown

    def _check_changeable(self, conversation: Conversation, name: str) -> None:
        if conversation.kind == "direct":
            raise ModelRefusal("conflict")
        if conversation.members[name].role != "owner":
            raise ModelRefusal("forbidden")

    def _check_limits(self, coming: list[str], members: int) -> None:
        most = self.limits.conversations_per_user
        if members > self.limits.members_per_conversation:
            raise ModelRefusal("conflict")
        if any(len(self.conversations_of(each)) >= most for each in coming):
            raise ModelRefusal("conflict")

    def _departs(self, conversation: Conversation, leaving: str, by: Socket) -> Frame:
        data = person(leaving) | {
            "conversation_id": conversation.conversation_id,
            "seq": self._next_number(conversation),
            "by": person(by.user),
        }
        if leaving in conversation.banned:
            data["is_banned"] = True
        event: Frame = {"type": "member_removed", "data": data}
        conversation.changes[data["seq"]] = Change(by.user, frame=event)
        gone = conversation.members.pop(leaving)
        conversation.ended[leaving] = gone.joined_at
        self.inbox[leaving] += 1
        if conversation.members and not self._owners(conversation):
            standing = {n: (m.joined_at, n) for n, m in conversation.members.items()}
            successor = min(standing, key=lambda n: standing[n])
            conversation.members[successor].role = "owner"
            data["new_owner_id"] = user_id(successor)
        self.push_to_all(conversation, event, self.live(conversation), but=by)
        for socket in self.sockets.values():
            if socket.user == leaving:
                conversation.roster.pop(socket.connection_id, None)
        return event

    def _introduce(
        self, conversation: Conversation, names: Iterable[str], but: Socket | None = None
    ) -> None:
        for name in names:
            data = self.view(conversation, name)
            created: Frame = {"type": "conversation_created", "data": data}
            sessions = self._put_on_roster(conversation, name)
            self.push_to_all(conversation, created, sessions, but=but)

    def _put_on_roster(self, conversation: Conversation, name: str) -> list[Socket]:
        sessions = self.sessions_of(name)
        for each in sessions:
            conversation.roster[each.connection_id] = each.session_ends
        return sessions
