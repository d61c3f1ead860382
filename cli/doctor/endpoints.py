"""Checks that the operator's own rights suffice to read the keys and to reach connections."""

import time

from chat.auth.tokens import Claims
from chat.protocol.ids import ConnectionId, UserId, Username
from chat.push.post import Outcome
from chat.storage.connections import sessions_of
from cli.deployment import Deployment
from cli.doctor.client import TIMEOUT_SECONDS
from cli.doctor.findings import CheckFailed
from cli.doctor.temporary_user import temporary_user

_FRAME = b'{"type":"doctor"}'
_PAUSE_SECONDS = 0.5


def check_signing_key(deployment: Deployment) -> str:
    """Sign a token and read it again."""
    services = deployment.services
    claims = Claims(
        UserId("doctor"), Username("doctor"), 0, services.now_ms() // 1000 * 1000 + 60_000
    )
    try:
        token = services.tokens().issue(claims, services.now_ms())
    except (KeyError, ValueError) as error:
        raise CheckFailed(
            f"the signing secret cannot be used: {error}",
            "It must be a JSON object of keys and a `current`: docs/operations.md, Rotating.",
        ) from error
    if services.tokens().verify(token, services.now_ms()) != claims:
        raise CheckFailed("a token differs after it was signed", "Rotate the signing key.")
    return "signs, and reads what it signed"


def check_management_endpoint(deployment: Deployment) -> str:
    """Push to a connection of the doctor, and once more after it has closed.

    An invented id would not do: API Gateway answers 400 to an id that it has never given out.
    """
    services = deployment.services
    with temporary_user("endpoint", deployment) as (user, client):
        (session,) = sessions_of(user.user_id, services.now_ms())
        check_push(deployment, session.connection_id)
        client.receive("doctor")
        client.close()
        check_push_after_close(deployment, session.connection_id)
    return f"{deployment.outputs['ManagementEndpoint']} takes pushes"


def check_push(deployment: Deployment, connection_id: ConnectionId) -> None:
    """Push to an open connection."""
    outcome = deployment.services.push().push([connection_id], _FRAME)[connection_id]
    if outcome is not Outcome.DELIVERED:
        raise _unexpected(deployment, "to a live connection", outcome)


def check_push_after_close(deployment: Deployment, connection_id: ConnectionId) -> None:
    """Push to a connection that was closed, until API Gateway knows that it is."""
    until = time.monotonic() + TIMEOUT_SECONDS
    while True:
        outcome = deployment.services.push().push([connection_id], _FRAME)[connection_id]
        if outcome is Outcome.GONE:
            return
        if outcome is not Outcome.DELIVERED or time.monotonic() > until:
            raise _unexpected(deployment, "to a closed connection", outcome)
        deployment.services.sleep(_PAUSE_SECONDS)


def _unexpected(deployment: Deployment, push: str, outcome: Outcome) -> CheckFailed:
    return CheckFailed(
        f"{deployment.outputs['ManagementEndpoint']} answers a push {push} with {outcome.value!r}",
        "Check that your role has execute-api:ManageConnections on this API, and that the stage "
        "exists.",
    )
