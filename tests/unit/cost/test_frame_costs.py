"""The measured costs are those of the frames that the handlers of now handle."""

import json
from collections import Counter
from collections.abc import Iterable
from typing import Any

import pytest

from bench.frame_costs.costs import measured
from bench.frame_costs.recording import record
from bench.frame_costs.replay import KEYS, ReplayHandler
from bench.frame_costs.scenes import Scene, scenes_in_a_room, scenes_of_coming
from testing.people import Client
from testing.simulation import Simulation


def require_measured(scenes: Iterable[Scene]) -> None:
    for each in scenes:
        cost, now = measured().frames[each.name][each.room], each.recorded
        assert (cost.trips, cost.requests, cost.posts) == (now.trips, now.requests, now.posts)
        assert (cost.read_units, cost.write_units) == (now.read_units, now.write_units)


@pytest.mark.parametrize("room", [2, 10, 100])
def test_frames_of_a_room_make_the_requests_that_were_measured(room: int) -> None:
    require_measured(scenes_in_a_room(room))


def test_frames_of_coming_make_the_requests_that_were_measured() -> None:
    require_measured(scenes_of_coming())


def test_rejected_frame_is_not_measured(simulation: Simulation, alices: Client) -> None:
    body = json.dumps({"type": "typing", "conversationId": "elsewhere", "requestId": "r"})
    context = {"routeKey": "typing", "connectionId": alices.connection_id}

    with pytest.raises(RuntimeError, match="not_a_member"):
        record(simulation, simulation.routes["typing"], {"requestContext": context, "body": body})


class Replay(ReplayHandler):
    """Answers without a socket."""

    def __init__(self, recorded: dict[str, list[tuple[int, str]]]) -> None:
        self.recorded, self.asked = recorded, Counter()

    def ask(self, operation: str, **request: Any) -> tuple[int, Any]:  # noqa: ANN401 -- JSON
        answer = self.answer(operation, json.dumps(request).encode())
        return self.status, json.loads(answer)


def test_recorded_answers_come_in_their_order_and_again() -> None:
    replay = Replay({"Query roster": [(200, '{"n": 1}'), (400, '{"n": 2}')]})

    answers = [replay.ask("Query", TableName="roster") for _ in range(3)]

    assert answers == [(200, {"n": 1}), (400, {"n": 2}), (200, {"n": 1})]


def test_counter_of_the_present_minute_says_one() -> None:
    replay = Replay(
        {"UpdateItem connections": [(200, '{"Attributes": {"lists_in_7": {"N": "1"}}}')]}
    )
    names = {"#0": "lists_in_9", "#1": "lists_in_8"}

    _, answer = replay.ask("UpdateItem", TableName="connections", ExpressionAttributeNames=names)

    assert answer["Attributes"]["lists_in_9"] == {"N": "1"}


def test_queues_accept_every_message_and_keys_are_there() -> None:
    replay = Replay({})

    _, sent = replay.ask("SendMessageBatch", Entries=[{"Id": "0"}, {"Id": "1"}])
    _, secret = replay.ask("GetSecretValue", SecretId="signing")

    assert ([each["Id"] for each in sent["Successful"]], sent["Failed"]) == (["0", "1"], [])
    assert json.loads(secret["SecretString"]) == KEYS
