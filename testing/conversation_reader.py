"""A member who shows a conversation's title, pins, roles and mutes out of `history` alone."""

from chat.protocol.encoding import rfc3339
from testing.group import Group
from testing.invariants import rows
from testing.people import Client
from testing.sockets import Frame


class ConversationReader:
    """Applies each change once, in the order in which the pages have them."""

    def __init__(self, group: Group, client: Client) -> None:
        self.group = group
        self._client = client
        self.position = 0
        self.title: str | None = None
        self.pins: set[int] = set()
        self.roles: dict[str, str] = {"user-alice": "owner", "user-carol": "member"}
        """The first members, and then what changes say."""
        self.mutes: dict[str, str] = {}
        self.slow_seconds = 0

    def catches_up(self) -> "ConversationReader":
        """Read on until there is no more, or the member is removed."""
        has_more = True
        while has_more:
            asked = {"after_seq": self.position, "limit": 3}
            reply = self.group.requests(self._client, "history", **asked)()
            if reply["type"] != "history":
                break
            for change in reply["data"]["changes"]:
                self._take(change)
            self.position, has_more = reply["data"]["up_to"], reply["data"]["has_more"]
        return self

    def _take(self, frame: Frame) -> None:
        data = frame["data"]
        match frame["type"]:
            case "members_added":
                self.roles |= {each["user_id"]: each["role"] for each in data["members"]}
            case "member_removed":
                self.roles.pop(data["user_id"], None)
                self.mutes.pop(data["user_id"], None)
                if "new_owner_id" in data:
                    self.roles[data["new_owner_id"]] = "owner"
            case "conversation_changed" if "user_id" in data:
                self._take_change_of_user(data)
            case "conversation_changed":
                self._take_change(data)

    def _take_change_of_user(self, data: Frame) -> None:
        is_member = data["user_id"] in self.roles
        match data["change"]:
            case "role" if is_member:
                self.roles[data["user_id"]] = data["role"]
            case "muted" if is_member:
                self.mutes[data["user_id"]] = data["muted_until"]
            case "unmuted":
                self.mutes.pop(data["user_id"], None)

    def _take_change(self, data: Frame) -> None:
        match data["change"]:
            case "renamed":
                self.title = data["title"]
            case "slow_mode":
                self.slow_seconds = data["slow_seconds"]
            case "pinned":
                self.pins.add(_seq(data))
            case "unpinned":
                self.pins.discard(_seq(data))


def check_conversation(reader: ConversationReader) -> None:
    """See that what a reader shows once it has caught up is what is stored."""
    reader.catches_up()
    conversation_id = reader.group.conversation
    [row] = [r for r in rows("ConversationsTable") if r["conversation_id"] == conversation_id]
    members = [r for r in rows("MembershipsTable") if r["conversation_id"] == conversation_id]
    assert reader.title == row.get("title")
    assert reader.pins == row.get("pins", set())
    assert reader.roles == {each["user_id"]: each["role"] for each in members}
    muted = [each for each in members if "muted_until" in each]
    assert reader.mutes == {each["user_id"]: rfc3339(each["muted_until"]) for each in muted}
    assert reader.slow_seconds == row.get("slow_seconds", 0)


def _seq(data: Frame) -> int:
    return int(data["message_id"].rpartition(":")[2])
