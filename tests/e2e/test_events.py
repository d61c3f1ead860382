"""Events on the local stack: real streams wake the relay, and a real server is its consumer."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from chat.push.webhook_signature import key_of, sign
from local.sam.deployed import Deployed
from testing.http_consumer import HttpConsumer, Received
from testing.live.people import PATIENCE_SECONDS, Deployment, Person
from tests.e2e.shell import Shell

EVENTS = Path(__file__).parents[2] / "events"
LONG_SECONDS = 2 * PATIENCE_SECONDS
"""Past a sweep, which comes once a minute."""


@pytest.fixture
def shell(deployment: Deployment) -> Shell:
    return Shell.at(deployment)


@pytest.fixture
def mended(consumer: HttpConsumer) -> Iterator[HttpConsumer]:
    """Give the consumer, which accepts everything again after the test."""
    usual = consumer.answers
    yield consumer
    consumer.answers = usual


def numbers(consumer: HttpConsumer, conversation: str) -> list[int]:
    return [
        each["data"]["seq"] for each in list(consumer.events) if each["subject"] == conversation
    ]


def test_messages_and_changes_arrive_signed_and_in_order(
    mended: HttpConsumer, shell: Shell, alice: Person, bob: Person
) -> None:
    hers = alice.logs_in()
    room = hers.creates(bob)
    said = [hers.says(f"number {number}", to=room) for number in range(5)]
    hers.sends("edit_message", messageId=said[0]["message_id"], data={"content": "edited"})

    mended.waits_until(lambda: 6 in numbers(mended, room), LONG_SECONDS)

    assert list(dict.fromkeys(numbers(mended, room))) == [1, 2, 3, 4, 5, 6]
    key = key_of(shell.does("events", "secret").strip())
    for each in list(mended.received):
        name, sent_at = each.headers["webhook-id"], int(each.headers["webhook-timestamp"])
        assert each.headers["webhook-signature"] == sign([key], name, sent_at, each.body)
    until = time.monotonic() + LONG_SECONDS
    while shell.reads("events", "status", room)[0]["sent_up_to"] < 6:
        assert time.monotonic() < until, "its position was never noted"


def test_consumer_that_failed_gets_what_it_missed_and_what_is_replayed(
    mended: HttpConsumer, shell: Shell, alice: Person, bob: Person
) -> None:
    hers = alice.logs_in()
    room = hers.creates(bob)
    refused: list[Received] = []

    def refuse(received: Received) -> int:
        refused.append(received)
        return 503

    mended.answers = refuse
    hers.says("one", to=room)
    mended.waits_until(lambda: any(each.event["subject"] == room for each in refused), LONG_SECONDS)
    mended.answers = lambda _: 204
    mended.received.clear()

    shell.does("events", "retry")
    mended.waits_until(lambda: numbers(mended, room) == [1], LONG_SECONDS)
    hers.says("two", to=room)
    mended.waits_until(lambda: numbers(mended, room) == [1, 2], LONG_SECONDS)
    shell.does("events", "replay", room, "--from", "1")
    mended.waits_until(lambda: numbers(mended, room) == [1, 2, 1, 2], LONG_SECONDS)


@pytest.mark.parametrize("event", ["relay_events", "relay_events_sweep"])
def test_recorded_event_is_of_the_deployed_relay(deployment: Deployment, event: str) -> None:
    recorded = json.loads((EVENTS / f"{event}.json").read_text())

    assert Deployed.read(deployment.stack.aws_url).function_for(recorded) == "RelayEventsFunction"
