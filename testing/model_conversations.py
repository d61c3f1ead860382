"""What owners and moderators set in the model."""

from testing.model_members import ModelMembers
from testing.model_moderation import about_mute, check_moderates, mute
from testing.model_state import ModelRefusal, Socket, person
from testing.sockets import Frame


class ModelConversations(ModelMembers):
    def titles(self, socket: Socket, conversation_id: str, title: str) -> Frame:
        conversation, name = self.member(socket, conversation_id)
        self._check_leads(conversation, name)
        if conversation.kind == "direct":
            raise ModelRefusal("conflict")
        is_new, conversation.title = conversation.title != title, title
        frame = self._conversation_changed(conversation, name, "renamed", {"title": title})
        return self._tells(conversation, frame, "title", socket) if is_new else frame

    def pins(self, socket: Socket, conversation_id: str, seq: int, *, is_on: bool) -> Frame:
        conversation, name = self.member(socket, conversation_id)
        if conversation.kind == "group":
            self._check_leads(conversation, name)
        change, about = "pinned" if is_on else "unpinned", {}
        if seq:
            about = {"message_id": f"{conversation_id}:{seq}"}
        frame = self._conversation_changed(conversation, name, change, about)
        if is_on == (seq in conversation.pins):
            return frame
        if is_on:
            message = conversation.messages.get(seq)
            if message is None or "deleted_at" in message:
                self._next_number(conversation)
                raise ModelRefusal("conflict" if message else "not_a_member")
        conversation.pins ^= {seq}
        return self._tells(conversation, frame, f"pin {seq}", socket)

    def gives_role(self, socket: Socket, conversation_id: str, to: str, role: str) -> Frame:
        conversation, name = self.member(socket, conversation_id)
        if conversation.members[name].role != "owner":
            raise ModelRefusal("forbidden")
        member = conversation.members.get(to)
        if conversation.kind == "direct" or member is None:
            raise ModelRefusal("conflict")
        if member.role == "owner" != role and len(self._owners(conversation)) == 1:
            raise ModelRefusal("conflict")
        is_new, member.role = member.role != role, role
        about = person(to) | {"role": role}
        frame = self._conversation_changed(conversation, name, "role", about)
        return self._tells(conversation, frame, f"role {to}", socket) if is_new else frame

    def mutes(self, socket: Socket, conversation_id: str, to: str, until: int) -> Frame:
        conversation, name = self.member(socket, conversation_id)
        check_moderates(conversation, name, to)
        if to not in conversation.members:
            raise ModelRefusal("conflict")
        change, about = "muted", about_mute(to, until, self.now())
        if until <= self.now():
            change = "unmuted"
        frame = self._conversation_changed(conversation, name, change, about)
        is_new = mute(conversation.members[to], until, self.now())
        return self._tells(conversation, frame, f"mute {to}", socket) if is_new else frame

    def bans(self, socket: Socket, conversation_id: str, to: str) -> Frame:
        conversation, name = self.member(socket, conversation_id)
        check_moderates(conversation, name, to)
        if to in conversation.members:
            conversation.banned.add(to)
            return self._departs(conversation, to, socket)
        data: Frame = person(to) | {"conversation_id": conversation_id, "by": person(name)}
        event: Frame = {"type": "member_removed", "data": data | {"is_banned": True}}
        if to in conversation.banned:
            return event
        conversation.banned.add(to)
        return self._tells(conversation, event, "", socket)

    def unbans(self, socket: Socket, conversation_id: str, to: str) -> Frame:
        conversation, name = self.member(socket, conversation_id)
        check_moderates(conversation, name)
        frame = self._conversation_changed(conversation, name, "unbanned", person(to))
        if to not in conversation.banned:
            return frame
        conversation.banned.discard(to)
        conversation.ended[to] = max(self.now(), conversation.ended.get(to, 0))
        return self._tells(conversation, frame, "", socket)

    def slows(self, socket: Socket, conversation_id: str, seconds: int) -> Frame:
        conversation, name = self.member(socket, conversation_id)
        check_moderates(conversation, name)
        is_new, conversation.slow_seconds = conversation.slow_seconds != seconds, seconds
        about = {"slow_seconds": seconds}
        frame = self._conversation_changed(conversation, name, "slow_mode", about)
        return self._tells(conversation, frame, "slow mode", socket) if is_new else frame
