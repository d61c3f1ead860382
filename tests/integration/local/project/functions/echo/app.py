"""Stores a message, pushes it through the management API, and replies with all messages."""

import json
import os
from typing import Any

import boto3


def handler(event: dict[str, Any], _: object) -> dict[str, object]:
    dynamodb = boto3.client("dynamodb")
    connection_id = event["requestContext"]["connectionId"]
    dynamodb.put_item(TableName=os.environ["MESSAGES_TABLE"], Item={"id": {"S": event["body"]}})
    management = boto3.client(
        "apigatewaymanagementapi", endpoint_url=os.environ["MANAGEMENT_ENDPOINT"]
    )
    management.post_to_connection(ConnectionId=connection_id, Data=b'"pushed"')
    items = dynamodb.scan(TableName=os.environ["MESSAGES_TABLE"])["Items"]
    return {"statusCode": 200, "body": json.dumps(sorted(item["id"]["S"] for item in items))}
