"""With an OpenID provider `authenticate` has exactly the grants that its logins need."""

import json
from copy import replace

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

from chat.auth.external import ExternalIssuer
from chat.protocol.ids import ConnectionId
from testing.devices import subscription
from testing.people import Person
from testing.template import FUNCTIONS, RESOURCES, grants
from tests.unit.template.request_recorder import RequestRecorder

ISSUER = "https://login.example.com/"
KEY = ec.generate_private_key(ec.SECP256R1())
PUBLISHED = json.loads(ECAlgorithm.to_jwk(KEY.public_key())) | {"kid": "k", "alg": "ES256"}


def logs_in(recorder: RequestRecorder, name: str) -> ConnectionId:
    simulation = recorder.simulation
    claims = {"iss": ISSUER, "aud": "parley", "sub": "42", "preferred_username": name}
    expires = {"exp": simulation.now_ms // 1000 + 60}
    token = jwt.encode(claims | expires, KEY, "ES256", headers={"kid": "k"})
    connection_id = simulation.connect()
    reply = simulation.send(connection_id, {"type": "authenticate", "data": {"token": token}})
    assert reply is not None
    assert reply["type"] == "auth_success"
    return connection_id


def test_provider_logins_need_exactly_their_grants(
    aws: None,  # noqa: ARG001 -- for its effect
) -> None:
    recorder = RequestRecorder()
    issuer = ExternalIssuer(ISSUER, {"parley"}, "preferred_username", lambda: {"keys": [PUBLISHED]})
    recorder.simulation.services = replace(
        recorder.simulation.with_limits(web_push="true"), external_issuer=lambda: issuer
    )
    device = {"kind": "web_push", "subscription": subscription("phone")}
    alice = Person(recorder.simulation, "alice").logs_in()

    with recorder.noting():
        doras = logs_in(recorder, "dora")
        recorder.simulation.send(doras, {"type": "register_device", "data": device})
        named = {"kind": "group", "members": ["dora"]}
        created = alice.sends("create_conversation", data=named)
        where = {"conversationId": created["data"]["conversation_id"]}
        watching = {"type": "watch_presence", **where, "data": {"user_ids": [alice.user.user_id]}}
        recorder.simulation.send(doras, watching)
        logs_in(recorder, "dora.smith")

    document = RESOURCES["AuthenticateExternalLogins"]["Properties"]["PolicyDocument"]
    added = {(grant.action, grant.target) for grant in grants(document)}
    always = {(grant.action, grant.target) for grant in FUNCTIONS["AuthenticateFunction"].grants}
    tables = {grant for grant in added if grant[0].startswith("dynamodb:")}
    assert tables == recorder.requests["authenticate"] - always


@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_only_with_a_provider_authenticate_ends_the_connections_of_a_renamed_user(
    method: str,
) -> None:
    document = RESOURCES["AuthenticateExternalLogins"]["Properties"]["PolicyDocument"]
    managed = [grant.target for grant in grants(document) if "Manage" in grant.action]

    assert any(f"/{method}/@connections/*" in target for target in managed)
    assert RESOURCES["AuthenticateExternalLogins"]["Condition"] == "ExternalIssuerWanted"
