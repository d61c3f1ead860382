"""A model of the chat without tables, functions or failures.

It gets each frame, and computes the expected reply and pushes.
"""

from collections.abc import Iterable
from typing import Any

from chat.actions.create_conversation import direct_conversation_id
from chat.protocol.encoding import rfc3339
from chat.storage.ttl import SENT_SECONDS
from testing.model_moderation import (
    about_mute,
    check_moderates,
    check_not_muted,
    check_turn,
    mute,
    shown_mute,
)
from testing.model_reactions import has_too_many, reacted, sum_of
from testing.model_state import (
    Change,
    Conversation,
    Membership,
    ModelRefusal,
    ModelState,
    Socket,
    person,
    user_id,
)
from testing.sockets import Frame


class Model(ModelState):
    # Connections and sessions.

    def receives_greeting(self, socket: Socket) -> None:
        data: Frame = {"heartbeat_seconds": 30, "protocol": 1}
        self.push(socket, {"type": "connected", "data": data})
        if socket.is_known and not socket.user:
            required = {"type": "auth_required", "data": {"deadline_seconds": 30}}
            self.push(socket, required)

    def reaches_deadline(self, socket: Socket) -> None:
        if socket.session_ends:
            return
        self.push(socket, {"type": "error", "code": "auth_timeout"})
        socket.is_known = socket.is_open = False

    def authenticates(self, socket: Socket, name: str, generation: int, ends: int) -> Frame:
        if not socket.is_known:
            raise ModelRefusal("auth_timeout")
        if ends <= self.now():
            raise ModelRefusal("token_expired", "auth_error")
        if generation != self.generations[name]:
            raise ModelRefusal("invalid_token", "auth_error")
        if socket.user not in ("", name):
            raise ModelRefusal("already_authenticated", "auth_error")
        socket.user = name
        socket.session_ends = (self.now() // 1000 + self.limits.session_seconds) * 1000
        for conversation in self.conversations_of(name):
            conversation.roster[socket.connection_id] = socket.session_ends
        data = person(name) | {"expires_at": rfc3339(socket.session_ends)}
        return {"type": "auth_success", "data": data}

    def signs_out(self, socket: Socket) -> Frame:
        name = self.authenticated(socket)
        self.generations[name] += 1
        event: Frame = {"type": "signed_out", "data": {"reason": "sign_out"}}
        for each in self.sessions_of(name):
            if each is not socket:
                self.push(each, event)
                each.is_open = False
        for each in self.sessions_of(name):
            for conversation in self.conversations_of(name):
                conversation.roster.pop(each.connection_id, None)
            each.session_ends = 0
        return event

    # Messages.

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

    # The conversation itself.

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

    # Moderation.

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

    # Members.

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

    # Lists.

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

    # Helpers.

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

    def _owners(self, conversation: Conversation) -> list[str]:
        return [name for name, each in conversation.members.items() if each.role == "owner"]

    def _check_leads(self, conversation: Conversation, name: str) -> None:
        if conversation.members[name].role == "member":
            raise ModelRefusal("forbidden")

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

    def _next_number(self, conversation: Conversation) -> int:
        conversation.last_seq += 1
        return conversation.last_seq

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


def comparable(frame: Any) -> Any:  # noqa: ANN401 -- frames, and what is in them
    """Drop the parts of a frame that the model cannot predict, and messages for people."""
    if not isinstance(frame, dict):
        return frame
    unknown = {"token", "cursor"} | ({"message", "data"} if "code" in frame else set())
    return {key: comparable(value) for key, value in frame.items() if key not in unknown}
