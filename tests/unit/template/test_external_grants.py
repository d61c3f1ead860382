"""With an OpenID provider `authenticate` may do more: just what its logins ask for."""

import json
from copy import replace

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

from chat.auth.external import ExternalIssuer
from testing.people import Person
from testing.template import FUNCTIONS, RESOURCES, grants
from tests.unit.template.story import Story

ISSUER = "https://login.example.com/"
KEY = ec.generate_private_key(ec.SECP256R1())
PUBLISHED = json.loads(ECAlgorithm.to_jwk(KEY.public_key())) | {"kid": "k", "alg": "ES256"}


def logs_in(story: Story, name: str) -> None:
    simulation = story.simulation
    claims = {"iss": ISSUER, "aud": "parley", "sub": "42", "preferred_username": name}
    expires = {"exp": simulation.now_ms // 1000 + 60}
    token = jwt.encode(claims | expires, KEY, "ES256", headers={"kid": "k"})
    reply = simulation.send(
        simulation.connect(), {"type": "authenticate", "data": {"token": token}}
    )
    assert reply is not None
    assert reply["type"] == "auth_success"


def test_logins_by_a_provider_ask_for_what_is_granted_for_them(
    aws: None,  # noqa: ARG001 -- for its effect
) -> None:
    story = Story()
    issuer = ExternalIssuer(ISSUER, "parley", "preferred_username", lambda: {"keys": [PUBLISHED]})
    story.simulation.services = replace(story.simulation.services, external_issuer=lambda: issuer)
    alice = Person(story.simulation, "alice").arrives()

    with story.noting():
        logs_in(story, "dora")
        alice.sends("create_conversation", data={"kind": "group", "members": ["dora"]})
        logs_in(story, "dora.smith")

    document = RESOURCES["AuthenticateExternalUsers"]["Properties"]["PolicyDocument"]
    added = {(grant.action, grant.target) for grant in grants(document)}
    always = {(grant.action, grant.target) for grant in FUNCTIONS["AuthenticateFunction"].grants}
    tables = {grant for grant in added if grant[0].startswith("dynamodb:")}
    assert tables == story.requests["authenticate"] - always


@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_only_with_a_provider_authenticate_ends_the_connections_of_a_renamed_user(
    method: str,
) -> None:
    document = RESOURCES["AuthenticateExternalUsers"]["Properties"]["PolicyDocument"]
    managed = [grant.target for grant in grants(document) if "Manage" in grant.action]

    assert any(f"/{method}/@connections/*" in target for target in managed)
    assert RESOURCES["AuthenticateExternalUsers"]["Condition"] == "ExternalIssuerWanted"
