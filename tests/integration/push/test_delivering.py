import threading

import pytest
from botocore.awsrequest import AWSRequest

from chat.protocol.ids import ConnectionId
from chat.push.engine import PushEngine
from chat.push.post import Outcome
from chat.push.signing import Credentials
from tests.integration.push.botocore_signature import authorization
from tests.integration.push.conftest import CREDENTIALS, REGION, MakeEngine, Serve
from tests.integration.push.gateway import Gateway, Peer, Request, obliging

FRAME = b'{"type":"typing"}'


def connections(count: int) -> list[ConnectionId]:
    return [ConnectionId(f"L0SM9cOFv{number:04}hw=") for number in range(count)]


def test_every_connection_gets_the_frame_once(serve: Serve, make_engine: MakeEngine) -> None:
    gateway = serve(obliging)
    ids = connections(100)

    outcomes = make_engine(gateway.url).push(ids, FRAME)

    assert outcomes == dict.fromkeys(ids, Outcome.DELIVERED)
    assert sorted(request.connection_id for request in gateway.requests) == ids
    assert {request.body for request in gateway.requests} == {FRAME}


def test_a_connection_named_twice_gets_the_frame_once(
    serve: Serve, make_engine: MakeEngine
) -> None:
    gateway = serve(obliging)
    [one] = connections(1)

    make_engine(gateway.url).push([one, one], FRAME)

    assert gateway.bodies(one) == [FRAME]


def test_a_push_to_nobody_asks_for_nothing() -> None:
    def no_credentials() -> Credentials:
        pytest.fail("asked for credentials")

    engine = PushEngine("https://gateway.invalid/prod", "eu-west-1", no_credentials)

    outcomes = engine.push([], FRAME)

    assert outcomes == {}


def test_a_request_is_signed_as_botocore_signs_it(serve: Serve, make_engine: MakeEngine) -> None:
    gateway = serve(obliging)
    [one] = connections(1)

    make_engine(f"{gateway.url}/prod").push([one], FRAME)

    [request] = gateway.requests
    assert request.path == f"/prod/@connections/{one.replace('=', '%3D')}"
    assert request.headers["Authorization"] == signed_by_botocore(gateway, request)


def signed_by_botocore(gateway: Gateway, request: Request) -> str:
    again = AWSRequest(request.method, gateway.url + request.path, data=request.body)
    for name in ("X-Amz-Date", "X-Amz-Security-Token"):
        again.headers[name] = request.headers[name]
    return authorization(again, CREDENTIALS, REGION)


def test_closing_a_connection_is_a_delete(serve: Serve, make_engine: MakeEngine) -> None:
    def script(peer: Peer) -> None:
        for _ in peer.requests():
            peer.send(b"HTTP/1.1 204 No Content\r\n\r\n")

    gateway = serve(script)
    [one] = connections(1)

    outcome = make_engine(gateway.url).close_connection(one)

    assert outcome is Outcome.DELIVERED
    [request] = gateway.requests
    assert (request.method, request.connection_id, request.body) == ("DELETE", one, b"")
    assert request.headers["Authorization"] == signed_by_botocore(gateway, request)


def test_sockets_are_used_again_by_the_next_push(serve: Serve, make_engine: MakeEngine) -> None:
    gateway = serve(obliging)
    engine = make_engine(gateway.url)
    engine.push(connections(3), FRAME)

    engine.push(connections(3), FRAME)

    assert len(gateway.requests) == 6
    assert gateway.connections <= 3


def test_a_cold_engine_opens_few_sockets(serve: Serve, make_engine: MakeEngine) -> None:
    gateway = serve(obliging)

    make_engine(gateway.url, cold_sockets=4).push(connections(200), FRAME)

    assert gateway.most_at_once <= 4


def test_a_warm_engine_opens_as_many_as_its_posts_are_worth(
    serve: Serve, make_engine: MakeEngine
) -> None:
    together = threading.Barrier(20)

    def script(peer: Peer) -> None:
        for request in peer.requests():
            if request.body != b"warm up":
                together.wait(timeout=10)  # breaks unless 20 requests are in flight at once
            peer.answer(200)

    gateway = serve(script)
    engine = make_engine(gateway.url, cold_sockets=4, warm_sockets=20)
    engine.push(connections(1), b"warm up")

    outcomes = engine.push(connections(200), FRAME)

    assert set(outcomes.values()) == {Outcome.DELIVERED}
    assert gateway.most_at_once == 20


def test_nothing_follows_a_request_before_its_answer(serve: Serve, make_engine: MakeEngine) -> None:
    hasty: list[int] = []

    def script(peer: Peer) -> None:
        for _ in peer.requests():
            if peer.says_more():
                hasty.append(peer.number)
            peer.answer(200)

    gateway = serve(script)

    make_engine(gateway.url, cold_sockets=2).push(connections(10), FRAME)

    assert hasty == []


def test_a_long_frame_is_sent_in_parts(serve: Serve, make_engine: MakeEngine) -> None:
    gateway = serve(obliging)
    [one] = connections(1)
    frame = bytes(range(256)) * 16_384

    outcomes = make_engine(gateway.url).push([one], frame)

    assert outcomes == {one: Outcome.DELIVERED}
    assert gateway.bodies(one) == [frame]


def test_an_engine_that_was_closed_opens_anew(serve: Serve, make_engine: MakeEngine) -> None:
    gateway = serve(obliging)
    engine = make_engine(gateway.url)
    engine.push(connections(1), FRAME)
    engine.close()

    engine.push(connections(1), FRAME)

    assert gateway.connections == 2
