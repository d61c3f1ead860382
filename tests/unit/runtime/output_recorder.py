"""Record what the functions send besides replies and pushes: errors and queued messages."""

import json
from copy import replace
from typing import Any

import boto3
from botocore.session import get_session

from chat.push.queue_bodies import Shard, decode_fanout
from chat.push.queue_publisher import QueuePublisher, QueueUrls
from chat.runtime.handlers import Handler
from chat.runtime.metrics import add_metric
from chat.runtime.replies import Answer, Event
from testing.simulation import REGION, Simulation
from testing.steps import Step


class OutputRecorder:
    """Records them, in a simulation with the real queues and metrics."""

    def __init__(self, simulation: Simulation) -> None:
        self._simulation = simulation
        self._url = {name: _make_queue(name) for name in ("greet", "auth_deadline", "fanout")}
        self.refusals: list[str] = []
        self.messages: list[str] = []
        self.shards: list[str] = []
        publisher = self._publisher()
        simulation.services = replace(
            simulation.services, add_metric=add_metric, publisher=lambda: publisher
        )
        for route, handler in simulation.routes.items():
            simulation.routes[route] = self._noting_refusals(handler)

    @property
    def shards_without_their_frames(self) -> list[str]:
        """Give the queued shards without their frames."""
        decoded = [decode_fanout(body) for body in self.shards]
        shards = [each for each in decoded if isinstance(each, Shard)]
        return [repr(each._replace(frames=())) for each in shards]

    def _publisher(self) -> QueuePublisher:
        session = get_session()
        session.register("provide-client-params.sqs", self._note_messages)
        return QueuePublisher(QueueUrls(**self._url), REGION, session=session)

    def _note_messages(self, **event: Any) -> None:  # noqa: ANN401 -- botocore's
        params = event["params"]
        self._simulation.steps.before(Step("queue", ()))
        noted = self.shards if params["QueueUrl"] == self._url["fanout"] else self.messages
        noted += [each["MessageBody"] for each in params.get("Entries", [params])]

    def _noting_refusals(self, handler: Handler) -> Handler:
        def handle(event: Event, context: Any) -> Answer:  # noqa: ANN401 -- Lambda's
            answer = handler(event, context)
            if json.loads(answer.get("body", "{}")).get("type") in {"error", "auth_error"}:
                self.refusals.append(answer["body"])
            return answer

        return handle


def _make_queue(name: str) -> str:
    return boto3.client("sqs", REGION).create_queue(QueueName=name)["QueueUrl"]
