"""AWS over HTTP, for functions in other processes, answered by moto in this process.

Requests are answered one after another, since moto is not thread-safe.
"""

import json
import re
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

# The prefix of a request's `X-Amz-Target`, and its client.
CLIENTS = {
    "DynamoDB_20120810": "dynamodb",
    "AmazonSQS": "sqs",
    "secretsmanager": "secretsmanager",
}
KEY = re.compile("<Key>(.*?)</Key>")


@contextmanager
def serving_aws() -> Iterator[str]:
    """Serve moto's AWS until the block ends; gives the address."""
    clients: dict[str, Any] = {}
    one_at_a_time = Lock()

    def answer(request: Request) -> Answer:
        if "X-Amz-Target" not in request.headers:
            with one_at_a_time:
                return _deleted_objects(request)
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


def _deleted_objects(request: Request) -> Answer:
    """Answer the one request to S3 that a recorded event causes: to delete some objects quietly."""
    # The references name the bucket as the template does. S3 allows no capitals.
    bucket = request.path.strip("/").partition("?")[0].lower()
    keys = KEY.findall(request.body.decode())
    boto3.client("s3", REGION).delete_objects(
        Bucket=bucket, Delete={"Objects": [{"Key": key} for key in keys]}
    )
    return Answer(200, b"<DeleteResult/>")


def _refused(error: ClientError) -> Answer:
    pushes: dict[str, Any] = dict(error.response)
    pushes |= {"__type": pushes["Error"]["Code"], "message": pushes["Error"].get("Message", "")}
    return _encoded(400, pushes)


def _encoded(status: int, answered: Mapping[str, Any]) -> Answer:
    body = {name: value for name, value in answered.items() if name != "ResponseMetadata"}
    return Answer(status, json.dumps(body, default=_seconds).encode())


def _seconds(value: datetime) -> float:
    return value.timestamp()
