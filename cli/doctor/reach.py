"""Whether keys can be read and connections be reached with the operator's own rights."""

import time

from chat.auth.tokens import Claims
from chat.protocol.ids import ConnectionId, UserId, Username
from chat.push.outcome import Outcome
from chat.storage.connections import sessions_of
from cli.deployment import Deployment
from cli.doctor.findings import Wrong
from cli.doctor.guest import guest
from cli.doctor.visitor import PATIENCE_SECONDS

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
        raise Wrong(
            f"the signing secret cannot be used: {error}",
            "It is to be a JSON object of keys and a `current`: docs/operations.md, Rotating.",
        ) from error
    if services.tokens().verify(token, services.now_ms()) != claims:
        raise Wrong("a token reads otherwise than it was signed", "Rotate the signing key.")
    return "signs, and reads what it signed"


def check_management_endpoint(deployment: Deployment) -> str:
    """Push to a connection of the doctor's own, and once more when it has closed.

    An id that was made up would not do: API Gateway answers 400 to what is none of its own.
    """
    services = deployment.services
    with guest("endpoint", deployment) as (user, client):
        (session,) = sessions_of(user.user_id, services.now_ms())
        check_push(deployment, session.connection_id)
        client.hear("doctor")
        client.close()
        check_push_after_close(deployment, session.connection_id)
    return f"{deployment.outputs['ManagementEndpoint']} takes pushes"


def check_push(deployment: Deployment, connection_id: ConnectionId) -> None:
    """Push to a connection that is there."""
    outcome = deployment.services.push().push([connection_id], _FRAME)[connection_id]
    if outcome is not Outcome.DELIVERED:
        raise _wrong_answer(deployment, "to a live connection", outcome)


def check_push_after_close(deployment: Deployment, connection_id: ConnectionId) -> None:
    """Push to a connection that was closed, until API Gateway knows of it."""
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        outcome = deployment.services.push().push([connection_id], _FRAME)[connection_id]
        if outcome is Outcome.GONE:
            return
        if outcome is not Outcome.DELIVERED or time.monotonic() > until:
            raise _wrong_answer(deployment, "to a closed connection", outcome)
        deployment.services.sleep(_PAUSE_SECONDS)


def _wrong_answer(deployment: Deployment, push: str, outcome: Outcome) -> Wrong:
    return Wrong(
        f"{deployment.outputs['ManagementEndpoint']} answers a push {push} with {outcome.value!r}",
        "See whether your role has execute-api:ManageConnections on this API, and whether the "
        "stage is there.",
    )
