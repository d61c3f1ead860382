"""A client that gets no push: all that it shows comes from `history`."""

import json
from typing import Any

from testing.group import Group
from testing.invariants import rows
from testing.people import Client
from testing.sockets import Frame

NO_REACTIONS: Frame = {"version": 0, "total": 0, "items": []}


class Reader:
    """Shows what it has read, and takes a part of a message only if its version is higher."""

    def __init__(self, group: Group, client: Client, *, limit: int = 50) -> None:
        self._group = group
        self._client = client
        self._limit = limit
        self.position = 0
        self.shown: dict[int, Frame] = {}
        self.refused: Frame | None = None
        self.is_partial = False
        """Whether it began with a page of older messages alone."""

    def opens(self, **asked: Any) -> "Reader":  # noqa: ANN401 -- a frame's fields
        """Read the newest page, or one further up, and go on from where it is complete."""
        self.is_partial = bool(asked)
        page = self._page(**asked)
        if page:
            self.position = page["up_to"]
        return self

    def catches_up(self) -> "Reader":
        """Read on until there is no more."""
        while page := self._page(after_seq=self.position):
            assert page["up_to"] > self.position or not page["has_more"], "it goes nowhere"
            self.position = page["up_to"]
            if not page["has_more"]:
                break
        return self

    def sees(self, frame: Frame) -> None:
        """Take what a page or a push brings."""
        data = frame["data"]
        if frame["type"] == "chat_message":
            self._take(data["seq"], data)
        elif frame["type"] == "message_changed":
            self._take(int(data["message_id"].rpartition(":")[2]), data)

    def _page(self, **asked: Any) -> Frame | None:  # noqa: ANN401 -- as above
        reply = self._group.requests(self._client, "history", limit=self._limit, **asked)()
        if reply["type"] != "history":
            self.refused = reply
            return None
        page: Frame = reply["data"]
        for message in page["messages"]:
            self.sees({"type": "chat_message", "data": message})
        for change in page["changes"]:
            self.sees(change)
        return page

    def _take(self, seq: int, state: Frame) -> None:
        mine = dict(self.shown.get(seq, {"version": -1, "reactions": NO_REACTIONS}))
        if "content" in state and state.get("version", 0) > mine["version"]:
            mine |= {
                "version": state.get("version", 0),
                "content": state["content"],
                "is_deleted": "deleted_at" in state,
            }
        reactions = state.get("reactions", NO_REACTIONS)
        if reactions["version"] > mine["reactions"]["version"]:
            mine |= {"reactions": reactions}
        if mine.get("is_deleted"):
            mine |= {"reactions": NO_REACTIONS}
        if "content" in mine:
            self.shown[seq] = mine


def present() -> dict[int, Frame]:
    """Tell what everybody is to show, out of the tables."""
    return {
        row["seq"]: {
            "version": row.get("version", 0),
            "content": row.get("content", ""),
            "is_deleted": "deleted_at" in row,
            "reactions": json.loads(row["reactions"]) if "reactions" in row else NO_REACTIONS,
        }
        for row in rows("MessagesTable")
        if not row.get("unused")
    }


def check_same(*readers: Reader) -> None:
    """See that each shows all as it is once it has caught up, but for what it never asked for."""
    for reader in readers:
        known, position = set(reader.shown), reader.position
        reader.catches_up()
        due = {seq: each for seq, each in present().items() if seq in known or seq > position}
        assert reader.shown == (due if reader.is_partial else present())
