"""What docs/try-it.md has its reader type is answered as it says."""

import re

from testing.people import Person
from tests.unit.docs.pages import DOCS, table

TYPED = [re.findall(r"`([^`]+)`", row[0])[0] for row in table(DOCS / "try-it.md", "type this")]
ANSWERS = [
    "chat_message",
    "chat_message",
    "history",
    "heartbeat_ack",
    None,
    "not_a_member",
    "unknown_type",
    "bad_request",
]


def test_what_is_typed_is_answered_as_it_says(alice: Person, bob: Person) -> None:
    hers = alice.arrives()
    general = hers.creates(bob)
    typed = [text.replace('"general"', f'"{general}"') for text in TYPED]

    replies = [hers.simulation.send(hers.connection_id, text) for text in typed]

    assert [reply and reply.get("code", reply["type"]) for reply in replies] == ANSWERS
