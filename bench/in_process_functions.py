"""Runs the functions' code in this process, on a stack's tables, in rooms of any size."""

import json
import os
import time
from collections.abc import Iterable, Mapping
from itertools import batched
from typing import Any

from bench.aws_sample_baseline import send_as_aws_sample
from bench.table_variables import table_variables
from chat.actions.chat_message import chat_message
from chat.actions.fanout import fanout
from chat.protocol.ids import ConnectionId
from chat.protocol.message_frames import ChatMessage
from chat.push.queue_bodies import decode_fanout
from chat.runtime import bootstrap
from chat.runtime.handlers import frame_handler, queue_handler
from chat.storage.tables import RosterRow
from chat.storage.users import User
from local.aws import EMULATOR_CREDENTIALS
from testing.capacity_meter import metered
from testing.live.people import Deployment
from testing.stored import connection_row, roster_row
from testing.tables import MODELS

CONTENT = "x" * 200
ROWS_A_REQUEST = 25
MESSAGES_A_REQUEST = 10
DELIVERIES = 5
"""A loaded machine's emulator may answer too late for one of them."""

type Item = dict[str, Any]


class _Context:
    aws_request_id = "5f3c1c1e-7a54-4c5e-9f10-3d5d3e0c8a11"

    def get_remaining_time_in_millis(self) -> int:
        return 10_000


class Functions:
    """`chat_message` and `fanout`, called for one connection's frames in one conversation."""

    def __init__(
        self, deployment: Deployment, endpoint: str, connection_id: str, conversation_id: str
    ) -> None:
        stack = deployment.stack
        self._tables = deployment.tables
        self._dynamodb = deployment.dynamodb
        self._sqs = stack.session.client("sqs", endpoint_url=stack.aws_url)
        self._queue = self._sqs.create_queue(QueueName="bench")["QueueUrl"]
        self._connection_id, self._conversation_id = connection_id, conversation_id
        self._sent = 0
        os.environ |= self._environment(stack.aws_url, endpoint)
        self._chat = bootstrap.services()
        self._handle = frame_handler(ChatMessage, chat_message, bootstrap.services)
        self._consume = queue_handler(decode_fanout, fanout, bootstrap.services)

    # Rooms and connections.

    def fill_conversation(self, present: int, connections: int) -> None:
        """Add live connections to the room, from number `present` up to `connections`."""
        now_ms = self._chat.now_ms()
        self._put(
            "RosterTable",
            (
                roster_row(self._conversation_id, _room_connection(number), number, now_ms)
                for number in range(present, connections)
            ),
        )

    def empty_room(self) -> None:
        """Remove the made-up connections, but keep the real ones."""
        gone = (row.connection_id for row in RosterRow.query(self._conversation_id))
        keys = [
            {"conversation_id": {"S": self._conversation_id}, "connection_id": {"S": each}}
            for each in gone
            if each.startswith(_room_connection(0)[:8])
        ]
        self._write("RosterTable", ({"DeleteRequest": {"Key": key}} for key in keys))

    def fill_connections(self, present: int, connections: int) -> None:
        """Add other connections to the table, from number `present` up to `connections`."""
        now_ms = self._chat.now_ms()
        self._put(
            "ConnectionsTable",
            (
                connection_row(f"EE0SM9cO{number:06}w=", number, now_ms)
                for number in range(present, connections)
            ),
        )

    @classmethod
    def fill_memberships(cls, deployment: Deployment, user: User, conversations: int) -> None:
        """Make a user a member of that many conversations."""
        same = {"user_id": {"S": user.user_id}, "username": {"S": user.username}}
        same |= {"role": {"S": "member"}, "joined_at": {"N": "0"}, "last_read_seq": {"N": "0"}}
        rows = (
            {"PutRequest": {"Item": same | {"conversation_id": {"S": f"{number:032x}"}}}}
            for number in range(conversations)
        )
        _write(deployment.dynamodb, deployment.tables["MembershipsTable"], rows)
        deployment.dynamodb.update_item(
            TableName=deployment.tables["UsersTable"],
            Key={"username": {"S": user.username}},
            UpdateExpression="ADD conversations :number",
            ExpressionAttributeValues={":number": {"N": str(conversations)}},
        )

    # Frames.

    def send(self) -> None:
        self._sent += 1
        reply = json.loads(self._handle(self._event(), _Context())["body"])
        if reply["type"] != "chat_message":
            raise RuntimeError(reply)

    def send_as_aws_sample(self) -> None:
        send_as_aws_sample(self._dynamodb, self._chat.push(), self._tables["ConnectionsTable"])

    def send_to_big_room(self) -> dict[str, float]:
        """Send once, then push every shard in turn. On AWS shards run concurrently."""
        self.send()
        self.drop_shards()
        client = self._metered_client()
        with metered(client, self._find, self._logical) as bill:
            began = time.perf_counter()
            self.send()
            sender = time.perf_counter() - began
        shards = [self._push_shard(body) for body in self._take_shards()]
        return {
            "sender_ms": round(sender * 1e3, 1),
            "requests": len(bill.requests),
            "read_units": bill.read_units,
            "write_units": bill.write_units,
            "shards": len(shards),
            "shard_ms": round(sum(shards) / len(shards) * 1e3, 1),
            "all_shards_in_a_row_ms": round(sum(shards) * 1e3, 1),
        }

    def drop_shards(self) -> None:
        """Delete the shards that wait for `fanout`."""
        while self._take_some():
            pass

    def _push_shard(self, body: str) -> float:
        """Push a shard, and time the run that succeeds: a queue delivers one that failed again."""
        for _ in range(DELIVERIES):
            began = time.perf_counter()
            answer = self._consume({"Records": [{"messageId": "1", "body": body}]}, _Context())
            if not answer["batchItemFailures"]:
                return time.perf_counter() - began
        raise RuntimeError("a shard failed")

    def _take_shards(self) -> list[str]:
        bodies: list[str] = []
        while some := self._take_some():
            bodies += some
        return bodies

    def _take_some(self) -> list[str]:
        received = self._sqs.receive_message(
            QueueUrl=self._queue, MaxNumberOfMessages=MESSAGES_A_REQUEST
        ).get("Messages", [])
        for message in received:
            self._sqs.delete_message(QueueUrl=self._queue, ReceiptHandle=message["ReceiptHandle"])
        return [message["Body"] for message in received]

    def _event(self) -> Item:
        frame = {
            "type": "chat_message",
            "requestId": "r",
            "conversationId": self._conversation_id,
            "clientMessageId": f"bench-{self._sent}",
            "data": {"content": CONTENT},
        }
        context = {"connectionId": self._connection_id, "routeKey": "chat_message"}
        return {"requestContext": context, "body": json.dumps(frame)}

    # Environment.

    def _environment(self, aws_url: str, endpoint: str) -> dict[str, str]:
        # The deployment has no tables for what is off by default.
        tables = {name: self._tables[name] for name in MODELS if name in self._tables}
        return table_variables(tables) | {
            "AWS_ENDPOINT_URL": aws_url,
            "AWS_REGION": EMULATOR_CREDENTIALS.region,
            "AWS_ACCESS_KEY_ID": EMULATOR_CREDENTIALS.key_id,
            "AWS_SECRET_ACCESS_KEY": EMULATOR_CREDENTIALS.secret,
            "MANAGEMENT_ENDPOINT": endpoint,
            "FANOUT_QUEUE_URL": self._queue,
            # The benchmark sends more than a user may.
            "MESSAGES_PER_MINUTE": "1000000000",
            # `bench.batches` measures rooms whose frames wait for a wake.
            "BATCH_ROOM_CONNECTIONS": "1000000000",
            "POWERTOOLS_SERVICE_NAME": "bench",
            "POWERTOOLS_METRICS_NAMESPACE": "Bench",
            "POWERTOOLS_METRICS_DISABLED": "true",
        }

    def _metered_client(self) -> Any:  # noqa: ANN401 -- botocore carries no types
        return RosterRow._get_connection().connection.client  # noqa: SLF001 -- PynamoDB has no public name

    def _find(self, table: str, key: Mapping[str, Any]) -> Item | None:
        return self._dynamodb.get_item(TableName=table, Key=key).get("Item")

    def _logical(self, table: str) -> str:
        return next(name for name in MODELS if self._tables.get(name) == table)

    def _put(self, table: str, rows: Iterable[Item]) -> None:
        self._write(table, ({"PutRequest": {"Item": row}} for row in rows))

    def _write(self, table: str, requests: Iterable[Item]) -> None:
        _write(self._dynamodb, self._tables[table], requests)


def _write(client: Any, table: str, requests: Iterable[Item]) -> None:  # noqa: ANN401 -- as above
    for some in batched(requests, ROWS_A_REQUEST, strict=False):
        client.batch_write_item(RequestItems={table: list(some)})


def _room_connection(number: int) -> ConnectionId:
    return ConnectionId(f"RoOm9cOF{number:06}w=")
