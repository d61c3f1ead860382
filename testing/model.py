"""A model of the chat without tables, functions or failures.

It gets each frame, and computes the expected reply and pushes.
"""

from typing import Any

from chat.protocol.encoding import rfc3339
from testing.model_conversations import ModelConversations
from testing.model_messages import ModelMessages
from testing.model_state import ModelRefusal, Socket, person
from testing.sockets import Frame


class Model(ModelMessages, ModelConversations):
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


def comparable(frame: Any) -> Any:  # noqa: ANN401 -- frames, and what is in them
    """Drop the parts of a frame that the model cannot predict, and messages for people."""
    if not isinstance(frame, dict):
        return frame
    unknown = {"token", "cursor"} | ({"message", "data"} if "code" in frame else set())
    return {key: comparable(value) for key, value in frame.items() if key not in unknown}
