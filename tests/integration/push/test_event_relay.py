"""The relay with a real HTTP server as its consumer, which fails, breaks off and comes back."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from chat.push.endpoint import default_tls
from chat.push.webhook import Webhook, WebhookUrl
from chat.push.webhook_signature import sign
from testing.http_consumer import HttpConsumer, Received
from testing.people import Client, Person
from testing.relay import Relay, used_numbers
from testing.simulation import Simulation

KEY = b"k" * 32


class Wire:
    """A relay to a webhook at one port, behind which a consumer may be there or not."""

    def __init__(self, simulation: Simulation, port: int) -> None:
        self.relay = Relay(simulation)
        self.port = port
        self.webhook = Webhook(
            WebhookUrl.parse(f"http://127.0.0.1:{port}/events", may_be_plain=True),
            lambda: [KEY],
            "parley",
            default_tls,
            lambda: simulation.now_ms,
            permits=lambda _: True,
        )
        simulation.sinks = [self.webhook]


@pytest.fixture
def consumer() -> Iterator[HttpConsumer]:
    with HttpConsumer() as consumer:
        yield consumer


@pytest.fixture
def wire(simulation: Simulation, consumer: HttpConsumer) -> Iterator[Wire]:
    with ExitStack() as closing:
        wire = Wire(simulation, consumer.port)
        closing.callback(wire.webhook.close)
        yield wire


@pytest.fixture
def hers(alice: Person) -> Client:
    return alice.logs_in()


@pytest.fixture
def room(hers: Client, bob: Person) -> str:
    room = hers.creates(bob)
    for number in range(8):
        hers.says(f"number {number}", to=room)
    hers.sends("edit_message", messageId=f"{room}:1", data={"content": "edited"})
    return room


def numbers(received: list[Received]) -> list[int]:
    return [each.event["data"]["seq"] for each in received]


def test_every_event_arrives_in_order_and_signed(
    wire: Wire, consumer: HttpConsumer, room: str
) -> None:
    wire.relay.wakes(room)

    assert numbers(consumer.received) == used_numbers(room)
    for each in consumer.received:
        name, sent_at = each.headers["webhook-id"], int(each.headers["webhook-timestamp"])
        assert name == f"{room}:{each.event['data']['seq']}"
        assert each.headers["webhook-signature"] == sign([KEY], name, sent_at, each.body)


def failing(after: int, every: int) -> Callable[[Received], int]:
    """Answer some requests with faults, so that an event is asked for again and again."""
    asked = 0

    def answer(_: Received) -> int:
        nonlocal asked
        asked += 1
        return 503 if asked > after and asked % every else 204

    return answer


@pytest.mark.parametrize(("after", "every"), [(0, 2), (3, 3), (1, 5)])
def test_consumer_that_fails_and_breaks_off_gets_each_event_in_order(
    wire: Wire, consumer: HttpConsumer, room: str, after: int, every: int
) -> None:
    consumer.answers = failing(after, every)

    wire.relay.wakes(room)
    wire.relay.sweeps_until_quiet()

    arrived = numbers(consumer.received)
    assert list(dict.fromkeys(arrived)) == used_numbers(room)
    assert arrived == sorted(arrived)
    bodies = {each.headers["webhook-id"]: each.body for each in consumer.received}
    assert all(each.body == bodies[each.headers["webhook-id"]] for each in consumer.received)


def test_consumer_that_was_not_there_gets_everything_when_it_is(
    simulation: Simulation, hers: Client, room: str
) -> None:
    with HttpConsumer() as before:
        wire = Wire(simulation, before.port)
        wire.relay.wakes(room)
    hers.says("said meanwhile", to=room)
    wire.relay.wakes(room)
    simulation.advance_time(3 * 24 * 60 * 60)

    with HttpConsumer(port=wire.port) as after:
        wire.relay.sweeps_until_quiet()
        wire.webhook.close()

    assert numbers(before.received) + numbers(after.received) == used_numbers(room)


def test_consumer_that_wants_no_more_is_left_alone(
    wire: Wire, consumer: HttpConsumer, room: str
) -> None:
    consumer.answers = lambda _: 410

    for _ in range(5):
        wire.relay.wakes(room)
        wire.relay.simulation.advance_time(60 * 60)
        wire.relay.sweeps()

    assert len(consumer.received) == 1
