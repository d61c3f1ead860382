"""The real handlers behind a WebSocket, with an OpenID provider, for the programs of the page."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from copy import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from jwt.algorithms import RSAAlgorithm
from websockets.sync.server import ServerConnection, serve

from chat.auth.external import ExternalIssuer, fetch_json
from testing.simulation import Simulation
from tests.unit.docs.scripted_service import ANSWERS

_KEY = generate_private_key(public_exponent=65_537, key_size=2048)


class SmallIssuer:
    """Signs tokens as an OpenID provider does, and publishes its key."""

    def __init__(self, port: int) -> None:
        self.keys_url = f"http://127.0.0.1:{port}/keys"

    def issues(self, **claims: Any) -> str:  # noqa: ANN401 -- claims of any kind
        return jwt.encode(claims, _KEY, "RS256", headers={"kid": "k"})


class _PublishedKeys(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        key = json.loads(RSAAlgorithm.to_jwk(_KEY.public_key())) | {"kid": "k", "use": "sig"}
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps({"keys": [key]}).encode())

    def log_message(self, *_: object) -> None:
        """Print nothing."""


@contextmanager
def small_issuer() -> Iterator[SmallIssuer]:
    with HTTPServer(("127.0.0.1", 0), _PublishedKeys) as server, _in_a_thread(server):
        yield SmallIssuer(server.server_port)


@contextmanager
def chat_that_trusts(
    simulation: Simulation, issuer: str, audience: str, username_claim: str, keys_url: str
) -> Iterator[str]:
    """Serve the simulation to real clients; give its address."""
    trusted = ExternalIssuer(issuer, {audience}, username_claim, lambda: fetch_json(keys_url))
    simulation.services = replace(simulation.services, external_issuer=lambda: trusted)

    def connects(socket: ServerConnection) -> None:
        connection_id = simulation.connect()
        for opening in ("connected", "auth_required"):
            socket.send(json.dumps(ANSWERS[opening]))
        for text in socket:
            reply = simulation.send(connection_id, str(text))
            socket.send(json.dumps(reply) if reply else "")

    with serve(connects, "127.0.0.1", 0) as server, _in_a_thread(server):
        yield f"ws://127.0.0.1:{server.socket.getsockname()[1]}/ws/chat"


@contextmanager
def _in_a_thread(server: Any) -> Iterator[None]:  # noqa: ANN401 -- two kinds, alike in this
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
