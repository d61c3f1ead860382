"""Users of an OpenID provider, on a stack that is deployed for it."""

import os
import subprocess
import time
from collections.abc import Iterator
from typing import Any

import pytest

from local.options import Options
from local.stack import Stack
from testing.live.people import Client
from tests.unit.docs.login_service import SmallIssuer, small_issuer
from tests.unit.docs.pages import DOCS, code_blocks
from tests.unit.docs.programs import python

PROVIDER = "https://login.example.com/"


@pytest.fixture(scope="module")
def issuer() -> Iterator[SmallIssuer]:
    with small_issuer() as issuer:
        yield issuer


@pytest.fixture(scope="module")
def stack(issuer: SmallIssuer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    parameters = {
        "ExternalIssuer": PROVIDER,
        "ExternalAudience": "web,phone",
        "ExternalKeysUrl": issuer.keys_url,
    }
    with Stack(Options.for_tests(tmp_path_factory.mktemp("login"), parameters), print) as stack:
        yield stack


@pytest.fixture
def client(stack: Stack) -> Iterator[Client]:
    client = Client(stack.websocket_url)
    yield client
    client.closes()


def authenticate(client: Client, issuer: SmallIssuer, **claims: Any) -> dict[str, Any]:  # noqa: ANN401 -- claims of any kind
    usual = {"iss": PROVIDER, "aud": "phone", "exp": time.time() + 60}
    return client.sends("authenticate", data={"token": issuer.issues(**(usual | claims))})


def test_user_of_a_provider_is_created_and_later_renamed(
    stack: Stack, issuer: SmallIssuer, client: Client
) -> None:
    first = authenticate(client, issuer, sub="42", preferred_username="dora")
    other = Client(stack.websocket_url)
    second = authenticate(other, issuer, sub="42", preferred_username="dora.smith")
    other.closes()

    assert (first["type"], first["data"]["username"]) == ("auth_success", "dora")
    assert (second["type"], second["data"]["username"]) == ("auth_success", "dora.smith")
    assert second["data"]["user_id"] == first["data"]["user_id"]
    assert client.receives("signed_out")["data"] == {"reason": "renamed"}


def test_first_login_is_the_user_whom_the_program_of_the_backend_created(
    stack: Stack, issuer: SmallIssuer, client: Client
) -> None:
    _, program = code_blocks(DOCS / "from-a-backend.md", "python")
    environment = {
        "PATH": os.environ["PATH"],
        "AWS_ENDPOINT_URL": stack.aws_url,
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
    }
    command = python(program.replace('"42"', '"44"').replace("dora", "fay"))
    printed = subprocess.run(
        command, env=environment, stdout=subprocess.PIPE, text=True, check=True
    ).stdout

    first = authenticate(client, issuer, sub="44", preferred_username="fay")

    assert first["data"]["user_id"] in printed
    listed = client.sends("list_conversations")["data"]["items"]
    assert [each["title"] for each in listed] == ["Order 17"]


def test_token_for_another_application_is_rejected(issuer: SmallIssuer, client: Client) -> None:
    reply = authenticate(client, issuer, aud="shop", sub="43", preferred_username="erin")

    assert (reply["type"], reply["code"]) == ("auth_error", "invalid_token")
