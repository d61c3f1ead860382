"""Does with a message what AWS's sample does, as a baseline for ours.

https://github.com/aws-samples/simple-websockets-chat-app, sendmessage/app.js: scan the table of
connections, then post to all of them. The sample reads the first megabyte only. This baseline reads
everything.
"""

from collections.abc import Iterator
from typing import Any

from chat.actions.services import Push
from chat.protocol.ids import ConnectionId

FRAME = b'{"message":"sendmessage","data":"' + b"x" * 200 + b'"}'


def send_as_aws_sample(client: Any, push: Push, table: str = "ConnectionsTable") -> None:  # noqa: ANN401 -- botocore carries no types
    push.push(list(all_connections(client, table)), FRAME)


def all_connections(client: Any, table: str) -> Iterator[ConnectionId]:  # noqa: ANN401 -- as above
    start: dict[str, Any] = {}
    while True:
        page = client.scan(TableName=table, **start)
        for item in page["Items"]:
            yield ConnectionId(item["connection_id"]["S"])
        if "LastEvaluatedKey" not in page:
            return
        start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}
