"""The programs of the page about your own login work."""

import shutil
import socket
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from chat.auth.external import ALGORITHMS
from testing.simulation import Simulation
from testing.template import PARAMETERS
from tests.unit.docs.login_service import chat_that_trusts, small_issuer
from tests.unit.docs.pages import DOCS, REPOSITORY, code_blocks, table
from tests.unit.docs.programs import at, python, running

PAGE = DOCS / "your-own-login.md"
COGNITO, OPENID, WEBSITE = code_blocks(PAGE, "js")
(BACKEND,) = code_blocks(PAGE, "python")
CLIENT = (REPOSITORY / "clients/web/src/index.js").as_uri()
NODE = shutil.which("node") or ""
POOL = "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_EXAMPLE"

needs_node = pytest.mark.skipif(not NODE, reason="there is no Node")


@pytest.fixture
def simulation(simulation: Simulation) -> Simulation:
    """Set its clock to the time of day, which the programs use."""
    simulation.now_ms = time.time_ns() // 1_000_000
    return simulation


def free_port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return str(listening.getsockname()[1])


def node(folder: Path, address: str, code: str, packages: Mapping[str, str]) -> tuple[str, ...]:
    """Write a program, and what it imports by name, into a folder; give its command."""
    code = at(address, code).replace("/src/index.js", CLIENT)
    for number, (name, content) in enumerate(packages.items()):
        (folder / f"{number}.mjs").write_text(content)
        code = code.replace(f'from "{name}"', f'from "./{number}.mjs"')
    program = folder / "program.mjs"
    program.write_text(code)
    # Node 20 has a WebSocket only if asked for.
    return (NODE, "--no-warnings", "--experimental-websocket", str(program))


@needs_node
def test_program_for_cognito_logs_in_with_the_id_token(
    simulation: Simulation, tmp_path: Path
) -> None:
    claims = {"iss": POOL, "aud": "EXAMPLE", "sub": "8f0c", "token_use": "id"}
    with small_issuer() as issuer:
        expires = simulation.now_ms // 1000 + 3600
        token = issuer.issues(**claims, **{"cognito:username": "dora"}, exp=expires)
        amplify = {
            "aws-amplify": "export const Amplify = { configure() {} };",
            "aws-amplify/auth": f"""
                export const signIn = async () => {{}};
                export const fetchAuthSession = async () => ({{
                  tokens: {{ idToken: {{ toString: () => "{token}" }} }},
                }});""",
        }
        claim = "cognito:username"
        with (
            chat_that_trusts(simulation, POOL, "EXAMPLE", claim, issuer.keys_url) as address,
            running(*node(tmp_path, address, COGNITO, amplify)) as program,
        ):
            assert program.prints() == "dora is logged in"


@needs_node
def test_program_for_openid_logs_in_with_a_fresh_token(
    simulation: Simulation, tmp_path: Path
) -> None:
    provider = "https://login.example.com/"
    claims = {"iss": provider, "aud": "chat-web", "sub": "42", "preferred_username": "dora"}
    with small_issuer() as issuer:
        now = simulation.now_ms // 1000
        former, fresh = issuer.issues(**claims, exp=now), issuer.issues(**claims, exp=now + 300)
        library = {
            "oidc-client-ts": f"""
                globalThis.location = {{ origin: "https://shop.example.com", search: "" }};
                export class UserManager {{
                  getUser = async () => ({{ expired: true, id_token: "{former}" }});
                  signinSilent = async () => ({{ id_token: "{fresh}" }});
                }}"""
        }
        claim, keys_url = "preferred_username", issuer.keys_url
        with (
            chat_that_trusts(simulation, provider, "chat-web", claim, keys_url) as address,
            running(*node(tmp_path, address, OPENID, library)) as program,
        ):
            assert program.prints() == "dora is logged in"


@needs_node
def test_website_logs_in_with_a_token_of_its_own_backend(
    simulation: Simulation, tmp_path: Path
) -> None:
    port = free_port()
    keys_url, claim = f"http://127.0.0.1:{port}/keys", "preferred_username"
    website = WEBSITE.replace("8090", port)

    with running(*python(BACKEND.replace("8090", port))) as backend:
        assert backend.prints() == "ready"
        trusted = ("https://shop.example.com", "parley", claim, keys_url)
        with (
            chat_that_trusts(simulation, *trusted) as address,
            running(*node(tmp_path, address, website, {})) as program,
        ):
            assert program.prints() == "dora is logged in"


def test_page_lists_the_algorithms_of_the_code() -> None:
    (signature,) = [row for row in table(PAGE, "part of the token") if row[0] == "signature"]

    assert {each for each in ALGORITHMS if each not in signature[1]} == set()


def test_page_names_each_parameter_of_a_provider() -> None:
    of_a_provider = {name for name in PARAMETERS if name.startswith("External")}

    assert {row[0].strip("`") for row in table(PAGE, "parameter")} == of_a_provider
