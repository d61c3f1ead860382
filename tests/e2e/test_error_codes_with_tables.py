"""Error codes that a test can only provoke by changing the tables."""

import time

from testing.live.people import PASSWORD, Client, Deployment, Person


def test_auth_expired_lasts_until_authenticating_again(
    deployment: Deployment, alice: Person
) -> None:
    hers = alice.logs_in()
    _let_session_run_out(deployment, hers)

    hers.is_rejected("auth_expired", "list_conversations")

    proof = {"username": alice.user.username, "password": PASSWORD}
    assert hers.sends("authenticate", data=proof)["type"] == "auth_success"
    assert hers.sends("list_conversations")["type"] == "conversations"


def test_an_internal_error_has_a_reference_and_no_details(
    deployment: Deployment, alice: Person, bob: Person
) -> None:
    hers = alice.logs_in()
    conversation = hers.creates(bob)
    _spoil_roster(deployment, conversation)

    told = hers.is_rejected("internal", "typing", conversationId=conversation)

    assert told["data"].keys() == {"reference"}
    assert told["message"] == "Something went wrong on our side. Try again."
    assert hers.sends("heartbeat")["type"] == "heartbeat_ack"


def _let_session_run_out(deployment: Deployment, client: Client) -> None:
    deployment.dynamodb.update_item(
        TableName=deployment.tables["ConnectionsTable"],
        Key={"connection_id": {"S": deployment.connection_id_of(client)}},
        UpdateExpression="SET session_ends_at = :past",
        ExpressionAttributeValues={":past": {"N": "1"}},
    )


def _spoil_roster(deployment: Deployment, conversation_id: str) -> None:
    """Break what no part of the chat can break: a row without the fields every row has."""
    deployment.dynamodb.put_item(
        TableName=deployment.tables["RosterTable"],
        Item={"conversation_id": {"S": conversation_id}, "connection_id": {"S": "spoilt"}},
    )


def test_rate_limited(deployment: Deployment, alice: Person) -> None:
    hers = alice.logs_in()
    _count_up(deployment, hers, "lists")

    refused = hers.is_rejected("rate_limited", "list_conversations")

    assert 1 <= refused["data"]["retry_after_seconds"] <= 60


def _count_up(deployment: Deployment, client: Client, what: str) -> None:
    """Let a connection have done something very often, in this minute and in the next."""
    minute = int(time.time()) // 60
    deployment.dynamodb.update_item(
        TableName=deployment.tables["ConnectionsTable"],
        Key={"connection_id": {"S": deployment.connection_id_of(client)}},
        UpdateExpression="SET #this = :often, #next = :often",
        ExpressionAttributeNames={
            "#this": f"{what}_in_{minute}",
            "#next": f"{what}_in_{minute + 1}",
        },
        ExpressionAttributeValues={":often": {"N": "1000"}},
    )
