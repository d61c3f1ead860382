"""Edits, deletions and reactions at the same time as each other and as all that reads them."""

from collections.abc import Callable
from itertools import combinations_with_replacement

import pytest

from testing.group import Action, Group, Results, run_interleaved
from testing.people import Client
from testing.reader import Reader, check_same, present
from testing.sockets import Frame

FIRST = 2
"""The number of the first message: adding bob has taken number 1."""

ORDERS = 20
TRIPLES = 8
SOAKED = 3_000


@pytest.fixture
def said(group_with_bob: Group) -> Group:
    """Give a group in which alice and bob have said something."""
    group_with_bob.says(group_with_bob.hers, "one")()
    group_with_bob.says(group_with_bob.his, "two")()
    group_with_bob.forget()
    return group_with_bob


CHANGES: dict[str, Callable[[Group, Client], Action]] = {
    "edit": lambda room, client: room.edits(client, FIRST, f"edited on {client.connection_id}"),
    "edit of a version": lambda room, client: room.edits(client, FIRST, client.connection_id, 0),
    "delete": lambda room, client: room.deletes(client, FIRST),
    "react": lambda room, client: room.reacts(client, FIRST),
    "message": lambda room, client: room.says(client, "three"),
}
pairs = pytest.mark.parametrize(
    ("one", "other"), list(combinations_with_replacement(CHANGES, 2)), ids=str
)
READS: dict[str, Callable[[Reader], Reader]] = {
    "up": lambda reader: reader.catches_up(),
    "newest": lambda reader: reader.opens(),
    "down": lambda reader: reader.opens(before_seq=FIRST + 1),
}
each_read = pytest.mark.parametrize("how", READS)


def reading(room: Group, how: str, limit: int = 50) -> tuple[Reader, Action]:
    """Make a reader, who knows all if it reads up, and the action of its reading."""
    reader = Reader(room, room.carols, limit=limit)
    if how == "up":
        reader.opens()
    position, shown = reader.position, dict(reader.shown)

    def read() -> None:
        reader.position, reader.shown = position, dict(shown)
        READS[how](reader)

    return reader, read


def is_of_content(reply: Frame | None) -> bool:
    return reply is not None and reply["type"] == "message_changed" and "content" in reply["data"]


def check_replies(results: Results) -> None:
    """See that what was answered is what is stored, and that nobody wins twice."""
    message = present()[FIRST]
    replies = [reply for reply in results.values() if is_of_content(reply)]
    if any(reply["data"]["change"] == "deleted" for reply in replies):
        assert message["is_deleted"]
    for reply in replies:
        assert message["version"] >= reply["data"]["version"]
    if replies:
        newest = max(replies, key=lambda reply: int(reply["data"]["version"]))
        assert newest["data"]["version"] == message["version"]
        assert newest["data"]["content"] == message["content"]


@pairs
def test_every_pair_ends_in_one_state_for_everybody(said: Group, one: str, other: str) -> None:
    old = Reader(said, said.carols).opens()

    def check(results: Results) -> None:
        check_replies(results)
        kept = (old.position, dict(old.shown))
        check_same(old, Reader(said, said.his).opens())
        old.position, old.shown = kept

    run_interleaved(
        said,
        check=check,
        at_most=ORDERS,
        soaked=SOAKED,
        one=CHANGES[one](said, said.hers),
        other=CHANGES[other](said, said.her_phone),
    )


@each_read
@pytest.mark.parametrize("what", CHANGES)
def test_a_reader_at_the_same_time_misses_no_change(said: Group, what: str, how: str) -> None:
    reader, read = reading(said, how)

    run_interleaved(
        said,
        check=lambda _: check_same(reader),
        at_most=ORDERS,
        soaked=SOAKED,
        change=CHANGES[what](said, said.hers),
        read=read,
    )


@each_read
@pairs
def test_a_reader_beside_two_changes_misses_neither(
    said: Group, one: str, other: str, how: str
) -> None:
    reader, read = reading(said, how)

    def check(results: Results) -> None:
        check_replies(results)
        check_same(reader)

    run_interleaved(
        said,
        check=check,
        at_most=TRIPLES,
        soaked=SOAKED,
        one=CHANGES[one](said, said.hers),
        other=CHANGES[other](said, said.her_phone),
        read=read,
    )
