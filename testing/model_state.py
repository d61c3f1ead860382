"""The state of the model: connections, sessions, conversations and rosters."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from chat.actions.limits import Limits
from chat.protocol.ids import ConnectionId, UserId
from chat.storage.ttl import SLACK_SECONDS
from testing.sockets import Frame

LIFE_MS = (2 * 60 * 60 + SLACK_SECONDS) * 1000


class ModelRefusal(Exception):
    """The expected reply is an error with this code."""

    def __init__(self, code: str, type_: str = "error") -> None:
        super().__init__(code)
        self.frame: Frame = {"type": type_, "code": code}


@dataclass
class Socket:
    """A connection: its user, its end, and whether pushes reach it."""

    connection_id: ConnectionId
    ends: int
    user: str = ""
    session_ends: int = 0
    is_open: bool = True
    is_known: bool = True
    loses_pushes: bool = False


@dataclass
class Membership:
    role: str
    joined_at: int
    last_read_seq: int = 0
    muted_until: int = 0
    slow_until: int = 0
    slow_for: str | None = None
    """Which message the member waits after, if the conversation is in slow mode."""


@dataclass
class Change:
    """What a number stands for that is no message's: a message that was changed, or a frame."""

    by: str
    message_seq: int = 0
    frame: Frame = field(default_factory=dict)
    reacted_at: int = 0
    """When the reactions to the message were changed, if those were."""
    part: str = ""
    """What of the conversation the frame gives the new value of."""


@dataclass
class Conversation:
    conversation_id: str
    kind: str
    created_at: int
    title: str | None = None
    last_seq: int = 0
    active_at: int = 0
    members: dict[str, Membership] = field(default_factory=dict)
    messages: dict[int, Frame] = field(default_factory=dict)
    changes: dict[int, Change] = field(default_factory=dict)
    reactions: dict[int, dict[tuple[str, str], int]] = field(default_factory=dict)
    """When each user gave each reaction, by the number of the message."""
    pins: set[int] = field(default_factory=set)
    banned: set[str] = field(default_factory=set)
    slow_seconds: int = 0
    ended: dict[str, int] = field(default_factory=dict)
    """When the last membership of each removed member began."""
    sent: dict[tuple[str, str], tuple[int, int]] = field(default_factory=dict)
    roster: dict[ConnectionId, int] = field(default_factory=dict)
    """The end of each connection's session, by connection."""


def user_id(name: str) -> UserId:
    return UserId(f"user-{name}")


def person(name: str) -> Frame:
    return {"user_id": user_id(name), "username": name}


class ModelState:
    """Connections, their users, and the rosters they are on."""

    def __init__(self, now: Callable[[], int], limits: Limits) -> None:
        self.now = now
        self.limits = limits
        self.sockets: dict[ConnectionId, Socket] = {}
        self.conversations: dict[str, Conversation] = {}
        self.generations: dict[str, int] = defaultdict(int)
        self.inbox: dict[str, int] = defaultdict(int)
        self.pushed: dict[ConnectionId, list[Frame]] = defaultdict(list)

    def connects(self, connection_id: ConnectionId) -> None:
        ends = (self.now() + LIFE_MS) // 1000 * 1000
        self.sockets[connection_id] = Socket(connection_id, ends)

    def disconnects(self, socket: Socket, *, announced: bool) -> None:
        socket.is_open = False
        if announced:
            self._forget(socket)

    def authenticated(self, socket: Socket) -> str:
        if not socket.is_known or not socket.session_ends:
            raise ModelRefusal("not_authenticated")
        if not self.is_live(socket):
            raise ModelRefusal("auth_expired")
        return socket.user

    def member(self, socket: Socket, conversation_id: str) -> tuple[Conversation, str]:
        name = self.authenticated(socket)
        conversation = self.conversations.get(conversation_id)
        if conversation is None or name not in conversation.members:
            raise ModelRefusal("not_a_member")
        return conversation, name

    def conversations_of(self, name: str) -> list[Conversation]:
        return [each for each in self.conversations.values() if name in each.members]

    def sessions_of(self, name: str) -> list[Socket]:
        sockets = self.sockets.values()
        return [each for each in sockets if each.user == name and self.is_live(each)]

    def is_live(self, socket: Socket) -> bool:
        return socket.is_known and min(socket.session_ends, socket.ends) > self.now()

    def live(self, conversation: Conversation) -> list[Socket]:
        found = [self.sockets[each] for each in conversation.roster]
        return [
            each
            for each in found
            if min(conversation.roster[each.connection_id], each.ends) > self.now()
        ]

    def _forget(self, socket: Socket) -> None:
        for conversation in self.conversations_of(socket.user):
            conversation.roster.pop(socket.connection_id, None)
        socket.is_known = False

    def push_to_all(
        self,
        conversation: Conversation,
        frame: Frame,
        sockets: Iterable[Socket],
        but: Socket | None = None,
    ) -> None:
        for socket in sockets:
            if socket is not but and not self.push(socket, frame):
                conversation.roster.pop(socket.connection_id, None)

    def push(self, socket: Socket, frame: Frame) -> bool:
        """Push a frame, which may be lost; False if the socket is closed."""
        if socket.is_open and not socket.loses_pushes:
            self.pushed[socket.connection_id].append(frame)
        return socket.is_open
