"""The reactions of the model: who gave which to a message, and what it shows of them."""

from collections.abc import Mapping

from testing.model_state import user_id
from testing.sockets import Frame

MOST_OF_USER = 5

type Given = dict[tuple[str, str], int]
"""When a user gave a reaction."""


def sum_of(given: Given, version: int) -> Frame:
    """Sum reactions up, in the order in which they came."""
    users: dict[str, list[str]] = {}
    for name, reaction in sorted(given, key=lambda each: (given[each], user_id(each[0]), each[1])):
        users.setdefault(reaction, []).append(name)
    items = [
        {"reaction": reaction, "count": len(names), "users": names[:3]}
        for reaction, names in users.items()
    ]
    return {"version": version, "total": len(given), "items": items}


def has_too_many(given: Mapping[tuple[str, str], int], name: str) -> bool:
    return sum(who == name for who, _ in given) > MOST_OF_USER


def reacted(number: int, by: Frame, at: str, message: Frame) -> Frame:
    """Show the reactions to a message, under a number."""
    none = {"version": 0, "total": 0, "items": []}
    return {
        "conversation_id": message["conversation_id"],
        "message_id": message["message_id"],
        "seq": number,
        "change": "reacted",
        "by": by,
        "at": at,
        "reactions": message.get("reactions", none),
    }
