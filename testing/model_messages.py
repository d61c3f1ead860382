"""Messages in the model, and what is said of them."""

from chat.protocol.encoding import rfc3339
from chat.storage.ttl import SENT_SECONDS
from testing.model_changes import ModelChanges
from testing.model_moderation import check_not_muted, check_turn
from testing.model_reactions import has_too_many, reacted, sum_of
from testing.model_state import Change, Conversation, ModelRefusal, Socket, person
from testing.sockets import Frame


class ModelMessages(ModelChanges):
    def says(self, socket: Socket, conversation_id: str, content: str, key: str | None) -> Frame:
        conversation, name = self.member(socket, conversation_id)
        seq, ends = conversation.sent.get((name, key or ""), (0, 0))
        if not key or ends <= self.now() // 1000:
            check_turn(conversation, name, key, self.now())
            conversation.last_seq += 1
            conversation.active_at = self.now()
            seq = conversation.last_seq
            message = self._message(conversation, name, content) | (
                {"client_message_id": key} if key else {}
            )
            conversation.messages[seq] = message
            conversation.sent[name, key or ""] = (seq, self.now() // 1000 + SENT_SECONDS)
        sent: Frame = {"type": "chat_message", "data": conversation.messages[seq]}
        if not {"version", "reactions"} & sent["data"].keys():
            self.push_to_all(conversation, sent, self.live(conversation), but=socket)
        return sent

    def edits(
        self, socket: Socket, conversation_id: str, seq: int, content: str, version: int | None
    ) -> Frame:
        conversation, name = self.member(socket, conversation_id)
        check_not_muted(conversation.members[name], self.now())
        number = self._next_number(conversation)
        message = conversation.messages.get(seq)
        if message is None:
            raise ModelRefusal("not_a_member")
        if message["username"] != name:
            raise ModelRefusal("forbidden")
        if "deleted_at" in message or version not in (None, message.get("version", 0)):
            raise ModelRefusal("conflict")
        state = {"content": content, "version": number, "edited_at": rfc3339(self.now())}
        conversation.messages[seq] = message | state
        return self._changes(conversation, Change(name, seq), number, socket)

    def deletes(self, socket: Socket, conversation_id: str, seq: int) -> Frame:
        conversation, name = self.member(socket, conversation_id)
        number = self._next_number(conversation)
        message = conversation.messages.get(seq)
        if message is None:
            raise ModelRefusal("not_a_member")
        if "deleted_at" in message:
            return self._changed(conversation, Change(name, seq), message["version"])
        if message["username"] != name:
            if conversation.kind == "direct" or conversation.members[name].role == "member":
                raise ModelRefusal("forbidden")
            number = self._next_number(conversation)
        elif "reactions" in message:
            number = self._next_number(conversation)
        state = {"content": "", "version": number, "deleted_at": rfc3339(self.now())}
        gone = {"edited_at", "reactions"}
        kept = {key: value for key, value in message.items() if key not in gone}
        conversation.messages[seq] = kept | state | {"deleted_by": person(name)}
        conversation.reactions.pop(seq, None)
        return self._changes(conversation, Change(name, seq), number, socket)

    def reacts(
        self, socket: Socket, conversation_id: str, seq: int, reaction: str, *, is_on: bool
    ) -> Frame:
        conversation, name = self.member(socket, conversation_id)
        check_not_muted(conversation.members[name], self.now())
        given = conversation.reactions.get(seq, {})
        is_changed = ((name, reaction) in given) != is_on
        number = self._next_number(conversation) if is_changed else 0
        message = conversation.messages.get(seq)
        if message is None:
            raise ModelRefusal("not_a_member")
        if "deleted_at" in message:
            raise ModelRefusal("conflict")
        if not is_changed:
            number = message.get("reactions", {}).get("version", 0)
            data = reacted(number, person(name), rfc3339(self.now()), message)
            return {"type": "message_changed", "data": data | _named(reaction, is_on=is_on)}
        given = given | {(name, reaction): self.now()}
        too_many = is_on and has_too_many(given, name)
        if not is_on or too_many:
            del given[name, reaction]
        change = Change(name, seq, reacted_at=self.now())
        conversation.changes[number] = change
        if too_many:
            number = self._next_number(conversation)
        conversation.reactions[seq] = given
        conversation.messages[seq] = message | {"reactions": sum_of(given, number)}
        named = {} if too_many else _named(reaction, is_on=is_on)
        frame = self._changes(conversation, change, number, socket, named)
        if too_many:
            raise ModelRefusal("conflict")
        return frame

    def types(self, socket: Socket, conversation_id: str) -> None:
        conversation, name = self.member(socket, conversation_id)
        check_not_muted(conversation.members[name], self.now())
        data = person(name) | {
            "conversation_id": conversation_id,
            "is_typing": True,
            "expires_in_seconds": 6,
        }
        others = [each for each in self.live(conversation) if each.user != name]
        self.push_to_all(conversation, {"type": "typing", "data": data}, others)

    def reads(self, socket: Socket, conversation_id: str, seq: int) -> None:
        conversation, name = self.member(socket, conversation_id)
        if seq not in conversation.messages:
            raise ModelRefusal("not_a_member")
        membership = conversation.members[name]
        if seq <= membership.last_read_seq:
            return
        membership.last_read_seq = seq
        data = person(name) | {
            "conversation_id": conversation_id,
            "message_id": f"{conversation_id}:{seq}",
            "seq": seq,
            "read_at": rfc3339(self.now()),
        }
        read: Frame = {"type": "read_receipt", "data": data}
        self.push_to_all(conversation, read, self.live(conversation), but=socket)

    def requests_history(
        self, socket: Socket, conversation_id: str, asked: dict[str, int], limit: int
    ) -> Frame:
        conversation, _ = self.member(socket, conversation_id)
        after, before = asked.get("after_seq"), asked.get("before_seq", conversation.last_seq + 1)
        if after is not None:
            return self._history_up(conversation, after, limit)
        found = [seq for seq in conversation.messages if seq < before]
        data = {
            "conversation_id": conversation_id,
            "messages": [conversation.messages[seq] for seq in found[-limit:]],
            "changes": [],
            "up_to": conversation.last_seq,
            "has_more": len(found) > limit,
        }
        return {"type": "history", "data": data}

    def beats(self, socket: Socket, positions: dict[str, int], seen: int | None) -> Frame:
        behind: dict[str, int] = {}
        inbox: Frame = {}
        if positions or seen is not None:
            name = self.authenticated(socket)
            if seen not in (None, self.inbox[name]):
                inbox = {"inbox": self.inbox[name]}
            behind = {
                each.conversation_id: each.last_seq
                for each in self.conversations_of(name)
                if each.last_seq > positions.get(each.conversation_id, each.last_seq)
            }
        data = {"server_time": rfc3339(self.now()), "behind": behind}
        return {"type": "heartbeat_ack", "data": data | inbox}

    def _history_up(self, conversation: Conversation, after: int, limit: int) -> Frame:
        """Page through messages and changes, each message and each part of one once."""
        page: dict[str, Frame] = {}
        left: int | None = None
        for seq in sorted([*conversation.messages, *conversation.changes]):
            change = conversation.changes.get(seq)
            if seq <= after or (change and change.message_seq > after):
                continue
            part = _part_of(conversation, seq)
            if part not in page and len(page) == limit:
                left = seq
                break
            page.pop(part, None)
            page[part] = (
                self._changed(conversation, change, seq) if change else conversation.messages[seq]
            )
        data = {
            "conversation_id": conversation.conversation_id,
            "messages": [
                each for each in page.values() if "type" not in each or "data" not in each
            ],
            "changes": [each for each in page.values() if "data" in each],
            "up_to": left - 1 if left else conversation.last_seq,
            "has_more": left is not None,
        }
        return {"type": "history", "data": data}

    def _message(self, conversation: Conversation, name: str, content: str) -> Frame:
        return person(name) | {
            "message_id": f"{conversation.conversation_id}:{conversation.last_seq}",
            "conversation_id": conversation.conversation_id,
            "seq": conversation.last_seq,
            "content": content,
            "type": "text",
            "created_at": rfc3339(self.now()),
        }


def _named(reaction: str, *, is_on: bool) -> Frame:
    return {"reaction": reaction, "is_on": is_on}


def _part_of(conversation: Conversation, seq: int) -> str:
    """Name what a number gives a value of; a page has each part once."""
    change = conversation.changes.get(seq)
    if not change or not change.message_seq:
        return (change and change.part) or str(seq)
    is_deleted = "deleted_at" in conversation.messages[change.message_seq]
    part = "reactions" if change.reacted_at and not is_deleted else "content"
    return f"{part} {change.message_seq}"
