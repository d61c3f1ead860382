"""The frames in docs/try-it.md get the replies that it shows."""

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


def test_typed_frames_get_the_documented_replies(alice: Person, bob: Person) -> None:
    hers = alice.logs_in()
    general = hers.creates(bob)
    typed = [text.replace('"general"', f'"{general}"') for text in TYPED]

    replies = [hers.simulation.send(hers.connection_id, text) for text in typed]

    assert [reply and reply.get("code", reply["type"]) for reply in replies] == ANSWERS
