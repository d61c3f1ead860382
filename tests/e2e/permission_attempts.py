"""Requests to the deployment's tables, queues, secrets, files, connections and functions.

None of them changes anything, even if it is allowed: its row, message or receipt does not exist.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from chat.files.keys import TAKEN, UPLOADS
from testing.template import resources

NOWHERE = {"S": {"S": "nowhere"}, "N": {"N": "-1"}}
API = "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${ChatApi}/${StageName}"


class Attempt(NamedTuple):
    """A request, and what it needs to be granted; the target is named as `Grant.target` does."""

    action: str
    target: str
    service: str
    operation: str
    parameters: Mapping[str, Any]


def attempts(physical: Mapping[str, str]) -> Iterator[Attempt]:
    """Give all attempts; `physical` has the deployed name of each resource."""
    for table, properties in resources("AWS::DynamoDB::Table").items():
        for action, operation, parameters in _on_table(physical[table], properties):
            yield Attempt(f"dynamodb:{action}", table, "dynamodb", operation, parameters)
        yield from _on_indexes(table, physical[table], properties)
    for queue in resources("AWS::SQS::Queue"):
        for action, operation, parameters in _on_queue(physical[queue]):
            yield Attempt(f"sqs:{action}", queue, "sqs", operation, parameters)
    for secret in resources("AWS::SecretsManager::Secret").keys() & physical.keys():
        for action, operation, parameters in _on_secret(physical[secret]):
            yield Attempt(
                f"secretsmanager:{action}", secret, "secretsmanager", operation, parameters
            )
    yield from _on_files(physical["AttachmentsBucket"])
    yield from _on_connections()
    for function in resources("AWS::Serverless::Function"):
        asked = {"FunctionName": physical[function], "InvocationType": "DryRun"}
        yield Attempt("lambda:InvokeFunction", function, "lambda", "invoke", asked)


type _Request = tuple[str, str, dict[str, Any]]


def _on_table(name: str, properties: Mapping[str, Any]) -> Iterator[_Request]:
    key, there = _nowhere(properties), _where_it_is_there(properties)
    row = {"TableName": name, "Key": key}
    yield "GetItem", "get_item", row
    yield "BatchGetItem", "batch_get_item", {"RequestItems": {name: {"Keys": [key]}}}
    yield "Query", "query", {"TableName": name} | _of_partition(properties)
    yield "Scan", "scan", {"TableName": name, "Limit": 1}
    yield "PutItem", "put_item", {"TableName": name, "Item": key} | there
    yield "DeleteItem", "delete_item", row | there
    # The only attribute that a role may change which may only reject tokens.
    change = {"UpdateExpression": "REMOVE token_generation"}
    yield "UpdateItem", "update_item", row | there | change
    deletion = {"DeleteRequest": {"Key": key}}
    yield "BatchWriteItem", "batch_write_item", {"RequestItems": {name: [deletion]}}
    check = {"TransactItems": [{"ConditionCheck": row | there}]}
    yield "ConditionCheckItem", "transact_write_items", check


def _on_indexes(table: str, name: str, properties: Mapping[str, Any]) -> Iterator[Attempt]:
    for index in properties.get("GlobalSecondaryIndexes", ()):
        asked = {"TableName": name, "IndexName": index["IndexName"]} | _of_partition(index)
        target = f"${{{table}.Arn}}/index/{index['IndexName']}"
        yield Attempt("dynamodb:Query", target, "dynamodb", "query", asked)


def _on_queue(url: str) -> Iterator[_Request]:
    queue = {"QueueUrl": url}
    # SQS takes no message with this character, and no more than ten at once are given out.
    yield "SendMessage", "send_message", queue | {"MessageBody": "\0"}
    yield "ReceiveMessage", "receive_message", queue | {"MaxNumberOfMessages": 11}
    yield "DeleteMessage", "delete_message", queue | {"ReceiptHandle": "none"}
    yield "GetQueueAttributes", "get_queue_attributes", queue | {"AttributeNames": ["QueueArn"]}


def _on_secret(name: str) -> Iterator[_Request]:
    secret = {"SecretId": name}
    yield "GetSecretValue", "get_secret_value", secret
    yield "DescribeSecret", "describe_secret", secret
    # A version of a stage that nobody reads.
    version = {"SecretString": "{}", "VersionStages": ["TRIED"]}
    yield "PutSecretValue", "put_secret_value", secret | version
    move = {"VersionStage": "TRIED", "MoveToVersionId": "0" * 36}
    yield "UpdateSecretVersionStage", "update_secret_version_stage", secret | move


def _on_files(bucket: str) -> Iterator[Attempt]:
    name = {"Bucket": bucket}
    yield Attempt("s3:ListBucket", "AttachmentsBucket", "s3", "list_objects_v2", name)
    for place in (UPLOADS, TAKEN):
        target = f"${{AttachmentsBucket.Arn}}/{place}*"
        file = name | {"Key": f"{place}nowhere/none"}
        yield Attempt("s3:GetObject", target, "s3", "get_object", file)
        yield Attempt("s3:DeleteObject", target, "s3", "delete_object", file)
        # It replaces only a file that is not there.
        replacing = file | {"Body": b"", "IfMatch": '"none"'}
        yield Attempt("s3:PutObject", target, "s3", "put_object", replacing)


def _on_connections() -> Iterator[Attempt]:
    connection = {"ConnectionId": "nowhere="}
    for verb, operation, parameters in (
        ("POST", "post_to_connection", connection | {"Data": b"{}"}),
        ("GET", "get_connection", connection),
        ("DELETE", "delete_connection", connection),
    ):
        target = f"{API}/{verb}/@connections/*"
        service = "apigatewaymanagementapi"
        yield Attempt("execute-api:ManageConnections", target, service, operation, parameters)


def _nowhere(properties: Mapping[str, Any]) -> dict[str, Any]:
    """Make the key of a row that no table has."""
    kinds = {each["AttributeName"]: each["AttributeType"] for each in _attributes(properties)}
    names = [each["AttributeName"] for each in properties["KeySchema"]]
    return {name: NOWHERE[kinds[name]] for name in names}


def _where_it_is_there(properties: Mapping[str, Any]) -> dict[str, Any]:
    """Make the condition that the row is there, which it is not."""
    names = {"#key": properties["KeySchema"][0]["AttributeName"]}
    return {"ConditionExpression": "attribute_exists(#key)", "ExpressionAttributeNames": names}


def _of_partition(of: Mapping[str, Any]) -> dict[str, Any]:
    """Ask for a partition of a table or of an index that it has not."""
    names = {"#key": of["KeySchema"][0]["AttributeName"]}
    return {
        "KeyConditionExpression": "#key = :key",
        "ExpressionAttributeNames": names,
        "ExpressionAttributeValues": {":key": NOWHERE["S"]},
    }


def _attributes(properties: Mapping[str, Any]) -> list[dict[str, str]]:
    attributes: list[dict[str, str]] = properties["AttributeDefinitions"]
    return attributes
