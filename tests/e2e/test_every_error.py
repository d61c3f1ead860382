"""Each row of the protocol's table of errors, provoked on the running chat."""

import time

from tests.e2e.people import PASSWORD, Client, Deployment, Person


def test_bad_request(alice: Person) -> None:
    hers = alice.arrives()

    refused = hers.is_refused("bad_request", "chat_message", conversationId="x", data={})

    assert refused["data"] == {"field": "data.content"}


def test_bad_request_for_what_is_no_json(alice: Person) -> None:
    hers = alice.arrives()

    hers.socket.send("Hello?")

    assert hers.receives("error")["code"] == "bad_request"


def test_unknown_type(alice: Person) -> None:
    hers = alice.arrives()

    hers.is_refused("unknown_type", "teleport")


def test_the_gateways_own_routes_are_no_types(alice: Person) -> None:
    hers = alice.arrives()

    for route in ("$connect", "$disconnect", "$default"):
        hers.is_refused("unknown_type", route)

    assert hers.sends("list_conversations")["type"] == "conversations"


def test_too_large(alice: Person, bob: Person) -> None:
    hers = alice.arrives()
    conversation = hers.creates(bob)

    hers.is_refused(
        "too_large", "chat_message", conversationId=conversation, data={"content": "x" * 16_385}
    )


def test_not_authenticated(alice: Person) -> None:
    client = alice.connects()

    client.is_refused("not_authenticated", "typing", conversationId="general")


def test_auth_expired_until_authenticating_again(deployment: Deployment, alice: Person) -> None:
    hers = alice.arrives()
    _let_session_run_out(deployment, hers)

    hers.is_refused("auth_expired", "list_conversations")

    proof = {"username": alice.user.username, "password": PASSWORD}
    assert hers.sends("authenticate", data=proof)["type"] == "auth_success"
    assert hers.sends("list_conversations")["type"] == "conversations"


def test_not_a_member(alice: Person, bob: Person, carol: Person) -> None:
    conversation = alice.arrives().creates(bob)
    outside = carol.arrives()

    outside.is_refused("not_a_member", "history", conversationId=conversation)
    outside.is_refused("not_a_member", "history", conversationId="there is none")


def test_forbidden(alice: Person, bob: Person, carol: Person) -> None:
    conversation = alice.arrives().creates(bob)

    bob.arrives().is_refused(
        "forbidden",
        "add_members",
        conversationId=conversation,
        data={"members": [carol.user.username]},
    )


def test_conflict(alice: Person, bob: Person, carol: Person) -> None:
    hers = alice.arrives()
    conversation = hers.creates(bob, kind="direct")

    hers.is_refused(
        "conflict",
        "add_members",
        conversationId=conversation,
        data={"members": [carol.user.username]},
    )


def test_internal_comes_with_a_reference_and_tells_nothing_else(
    deployment: Deployment, alice: Person, bob: Person
) -> None:
    hers = alice.arrives()
    conversation = hers.creates(bob)
    _spoil_roster(deployment, conversation)

    told = hers.is_refused("internal", "typing", conversationId=conversation)

    assert told["data"].keys() == {"reference"}
    assert told["message"] == "Something went wrong on our side. Try again."
    assert hers.sends("heartbeat")["type"] == "heartbeat_ack"


def test_invalid_credentials_for_a_wrong_password_and_for_nobody(alice: Person) -> None:
    client = alice.connects()

    wrong = client.sends("authenticate", data={"username": alice.user.username, "password": "no"})
    nobody = client.sends("authenticate", data={"username": "nobody", "password": "no"})

    for each in (wrong, nobody):
        each.pop("requestId")
    assert wrong == nobody
    assert (wrong["type"], wrong["code"]) == ("auth_error", "invalid_credentials")


def test_invalid_token(alice: Person) -> None:
    client = alice.connects()

    told = client.sends("authenticate", data={"token": "a.b.c"})

    assert (told["type"], told["code"]) == ("auth_error", "invalid_token")


def test_already_authenticated(alice: Person, bob: Person) -> None:
    hers = alice.arrives()

    told = hers.sends("authenticate", data={"username": bob.user.username, "password": PASSWORD})

    assert (told["type"], told["code"]) == ("auth_error", "already_authenticated")


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
    hers = alice.arrives()
    _count_up(deployment, hers, "lists")

    refused = hers.is_refused("rate_limited", "list_conversations")

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
