"""Changes in the model: each takes a number, and is pushed and found in history."""

from chat.protocol.encoding import rfc3339
from testing.model_reactions import reacted
from testing.model_state import Change, Conversation, ModelRefusal, ModelState, Socket, person
from testing.sockets import Frame


class ModelChanges(ModelState):
    def _check_leads(self, conversation: Conversation, name: str) -> None:
        if conversation.members[name].role == "member":
            raise ModelRefusal("forbidden")

    def _owners(self, conversation: Conversation) -> list[str]:
        return [name for name, each in conversation.members.items() if each.role == "owner"]

    def _next_number(self, conversation: Conversation) -> int:
        conversation.last_seq += 1
        return conversation.last_seq

    def _conversation_changed(
        self, conversation: Conversation, name: str, change: str, about: Frame
    ) -> Frame:
        data: Frame = {
            "conversation_id": conversation.conversation_id,
            "change": change,
            "by": person(name),
            "at": rfc3339(self.now()),
        }
        return {"type": "conversation_changed", "data": data | about}

    def _tells(self, conversation: Conversation, frame: Frame, part: str, by: Socket) -> Frame:
        """Give a change of a conversation its number, and push it to everybody else."""
        number = self._next_number(conversation)
        frame = frame | {"data": frame["data"] | {"seq": number}}
        conversation.changes[number] = Change(by.user, frame=frame, part=part)
        self.push_to_all(conversation, frame, self.live(conversation), but=by)
        return frame

    def _changes(
        self,
        conversation: Conversation,
        change: Change,
        number: int,
        by: Socket,
        more: Frame | None = None,
    ) -> Frame:
        """Note a change of a message, and notify all members."""
        conversation.changes[number] = change
        frame = self._changed(conversation, change, number)
        frame["data"] |= more or {}
        self.push_to_all(conversation, frame, self.live(conversation), but=by)
        return frame

    def _changed(self, conversation: Conversation, change: Change, number: int) -> Frame:
        """Show a change as it is now."""
        if change.part == "title":
            title = {"title": conversation.title}
            return change.frame | {"data": change.frame["data"] | title}
        if not change.message_seq:
            return change.frame
        message = conversation.messages[change.message_seq]
        names = ("conversation_id", "message_id", "content", "version", "edited_at", "deleted_at")
        data: Frame = {name: message[name] for name in names if name in message}
        is_deleted = "deleted_at" in message
        if change.reacted_at and not is_deleted:
            at = rfc3339(change.reacted_at)
            return {
                "type": "message_changed",
                "data": reacted(number, person(change.by), at, message),
            }
        data |= {} if is_deleted else {"type": message["type"], "mentions": []}
        data |= {
            "seq": number,
            "change": "deleted" if is_deleted else "edited",
            "by": message.get("deleted_by", person(change.by)),
            "at": message["deleted_at" if is_deleted else "edited_at"],
        }
        return {"type": "message_changed", "data": data}
