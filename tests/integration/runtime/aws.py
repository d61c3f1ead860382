"""AWS as functions in processes of their own reach it: over HTTP, answered by moto in this one.

Requests are answered one after another, since moto is for one at a time.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from threading import Lock
from typing import Any

import boto3
from botocore import xform_name
from botocore.exceptions import ClientError

from testing.simulation import REGION
from tests.integration.runtime.serving import Answer, Request, serving

# What a request names in its `X-Amz-Target`, and the client that it is for.
CLIENTS = {
    "DynamoDB_20120810": "dynamodb",
    "AmazonSQS": "sqs",
    "secretsmanager": "secretsmanager",
}


@contextmanager
def serving_aws() -> Iterator[str]:
    """Serve whatever moto stands in for until the block ends; gives the address."""
    clients: dict[str, Any] = {}
    one_at_a_time = Lock()

    def answer(request: Request) -> Answer:
        service, _, operation = request.headers["X-Amz-Target"].partition(".")
        with one_at_a_time:
            if service not in clients:
                clients[service] = boto3.client(CLIENTS[service], REGION)  # type: ignore[call-overload]  # its name is data
            call = getattr(clients[service], xform_name(operation))
            try:
                return _encoded(200, call(**json.loads(request.body)))
            except ClientError as error:
                return _refused(error)

    with serving(answer) as address:
        yield f"http://{address}"


def _refused(error: ClientError) -> Answer:
    told: dict[str, Any] = dict(error.response)
    told |= {"__type": told["Error"]["Code"], "message": told["Error"].get("Message", "")}
    return _encoded(400, told)


def _encoded(status: int, answered: Mapping[str, Any]) -> Answer:
    body = {name: value for name, value in answered.items() if name != "ResponseMetadata"}
    return Answer(status, json.dumps(body, default=_seconds).encode())


def _seconds(value: datetime) -> float:
    return value.timestamp()
