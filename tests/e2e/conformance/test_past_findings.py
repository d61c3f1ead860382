"""Frames that broke something once: the running chat answers them and keeps the connection."""

import json

from chat.protocol.limits import MAX_FRAME_BYTES
from testing.live.people import PATIENCE_SECONDS, Client, Person
from tests.property.past_findings import read_findings


def goes_through(frame: str) -> bool:
    """Tell whether it is valid text within API Gateway's limit."""
    try:
        return len(frame.encode()) <= MAX_FRAME_BYTES
    except UnicodeEncodeError:
        return False


def answer(client: Client, frame: str) -> str:
    client.socket.send(frame)
    reply = json.loads(client.socket.recv(timeout=PATIENCE_SECONDS))
    return str(reply.get("code", reply.get("type")))


def test_frames_that_once_broke_something_are_answered_on_one_connection(
    alice: Person, bob: Person
) -> None:
    hers, name_of_hers = alice.logs_in(), alice.user.username
    conversation, findings = hers.creates(bob), read_findings()
    frames = {name: each.frame(conversation, name_of_hers) for name, each in findings.items()}
    sent = {name: frame for name, frame in frames.items() if goes_through(frame)}

    answers = {name: answer(hers, frame) for name, frame in sent.items()}

    assert answers == {name: findings[name].answer for name in sent}
