"""Whether keys can be read and connections be reached with the operator's own rights."""

from chat.auth.tokens import Claims
from chat.protocol.ids import ConnectionId, UserId, Username
from chat.push.outcome import Outcome
from cli.deployment import Deployment
from cli.doctor.findings import Wrong

_NOBODYS = ConnectionId("ZZZZZZZZZZZZZZA=")


def check_signing_key(deployment: Deployment) -> str:
    """Sign a token and read it again."""
    chat = deployment.chat
    claims = Claims(UserId("doctor"), Username("doctor"), 0, chat.now_ms() // 1000 * 1000 + 60_000)
    try:
        token = chat.tokens().issue(claims, chat.now_ms())
    except (KeyError, ValueError) as error:
        raise Wrong(
            f"the signing secret cannot be used: {error}",
            "It is to be a JSON object of keys and a `current`: docs/operations.md, Rotating.",
        ) from error
    if chat.tokens().verify(token, chat.now_ms()) != claims:
        raise Wrong("a token reads otherwise than it was signed", "Rotate the signing key.")
    return "signs, and reads what it signed"


def check_management_endpoint(deployment: Deployment) -> str:
    """Push to a connection that cannot be: whoever says so is the right one to ask."""
    outcome = deployment.chat.push().push([_NOBODYS], b"{}")[_NOBODYS]
    if outcome is not Outcome.GONE:
        raise Wrong(
            f"{deployment.outputs['ManagementEndpoint']} answers a push with {outcome.value!r}",
            "See whether your role has execute-api:ManageConnections on this API, and whether the "
            "stage is there.",
        )
    return f"{deployment.outputs['ManagementEndpoint']} takes pushes"
