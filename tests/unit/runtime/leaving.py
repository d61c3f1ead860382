"""What leaves the functions besides the frames that were asked for: refusals, queued messages."""

import json
from copy import replace
from typing import Any

import boto3
from botocore.session import get_session

from chat.push.deferred import Deferred, QueueUrls, decode_shard
from chat.runtime.handlers import Answer, Event, Handler
from chat.runtime.metrics import add_metric
from testing.simulation import REGION, Simulation
from testing.steps import Step


class Leaving:
    """Notes them, in a world whose queues and metrics are the real ones."""

    def __init__(self, simulation: Simulation) -> None:
        self._world = simulation
        self._url = {name: _make_queue(name) for name in ("greet", "auth_deadline", "fanout")}
        self.refusals: list[str] = []
        self.messages: list[str] = []
        self.shards: list[str] = []
        deferred = self._deferred()
        simulation.services = replace(
            simulation.services, add_metric=add_metric, deferred=lambda: deferred
        )
        for route, handler in simulation.routes.items():
            simulation.routes[route] = self._noting_refusals(handler)

    @property
    def shards_without_their_frames(self) -> list[str]:
        """Give what is queued of big rooms, but for the frame, which is there by design."""
        return [repr(decode_shard(body)._replace(frame=b"")) for body in self.shards]

    def _deferred(self) -> Deferred:
        session = get_session()
        session.register("provide-client-params.sqs", self._note_messages)
        return Deferred(QueueUrls(**self._url), REGION, session=session)

    def _note_messages(self, **event: Any) -> None:  # noqa: ANN401 -- botocore's
        params = event["params"]
        self._world.steps.before(Step("queue", ()))
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
