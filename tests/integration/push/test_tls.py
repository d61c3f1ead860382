import ssl

import pytest

from chat.protocol.ids import ConnectionId
from chat.push.endpoint import default_tls
from chat.push.post import Outcome
from testing.certificates import Authority
from tests.integration.push.conftest import MakeEngine, Serve
from tests.integration.push.gateway import Peer, obliging, saying

FRAME = b'{"type":"typing"}'
EVERYBODY = [ConnectionId(f"{number}=") for number in range(20)]
DELIVERED = dict.fromkeys(EVERYBODY, Outcome.DELIVERED)
FAILED = dict.fromkeys(EVERYBODY, Outcome.FAILED)


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


def test_a_verified_server_is_pushed_to(
    serve: Serve, make_engine: MakeEngine, authority: Authority
) -> None:
    gateway = serve(obliging, authority.server_context("localhost"))
    engine = make_engine(gateway.url, make_tls=authority.client_context)

    outcomes = engine.push(EVERYBODY, FRAME)

    assert outcomes == DELIVERED
    assert {request.body for request in gateway.requests} == {FRAME}


def test_a_server_of_an_unknown_authority_gets_nothing(
    serve: Serve, make_engine: MakeEngine, authority: Authority
) -> None:
    gateway = serve(obliging, authority.server_context("localhost"))
    engine = make_engine(gateway.url, make_tls=default_tls)

    outcomes = engine.push(EVERYBODY, FRAME)

    assert outcomes == FAILED
    assert gateway.requests == []


def test_a_server_of_another_name_gets_nothing(
    serve: Serve, make_engine: MakeEngine, authority: Authority
) -> None:
    gateway = serve(obliging, authority.server_context("elsewhere.test"))
    engine = make_engine(gateway.url, make_tls=authority.client_context)

    outcomes = engine.push(EVERYBODY, FRAME)

    assert outcomes == FAILED
    assert gateway.requests == []


def test_a_server_that_does_not_speak_tls_fails_the_push(
    serve: Serve, make_engine: MakeEngine, authority: Authority
) -> None:
    gateway = serve(lambda peer: peer.send(b"HTTP/1.1 400 Bad Request\r\n\r\n"))
    url = f"https://localhost:{gateway.port}"
    engine = make_engine(url, make_tls=authority.client_context)

    outcomes = engine.push(EVERYBODY, FRAME)

    assert outcomes == FAILED


def test_a_server_that_never_finishes_the_handshake_fails_the_push(
    serve: Serve, make_engine: MakeEngine, authority: Authority
) -> None:
    gateway = serve(Peer.wait_for_hangup)
    url = f"https://localhost:{gateway.port}"
    engine = make_engine(url, make_tls=authority.client_context, connect_seconds=0.05)

    outcomes = engine.push(EVERYBODY, FRAME)

    assert outcomes == FAILED


def test_the_trust_store_is_read_once_and_not_before_it_is_needed(
    serve: Serve, make_engine: MakeEngine, authority: Authority
) -> None:
    gateway = serve(obliging, authority.server_context("localhost"))
    made: list[ssl.SSLContext] = []

    def make_tls() -> ssl.SSLContext:
        made.append(authority.client_context())
        return made[-1]

    engine = make_engine(gateway.url, make_tls=make_tls)
    assert made == []

    engine.push(EVERYBODY, FRAME)
    gateway.hang_up()
    engine.push(EVERYBODY, FRAME)

    assert len(made) == 1


def test_idle_sockets_survive_what_tls_says_on_its_own(
    serve: Serve, make_engine: MakeEngine, authority: Authority
) -> None:
    gateway = serve(obliging, authority.server_context("localhost"))  # sends session tickets
    engine = make_engine(gateway.url, make_tls=authority.client_context)
    engine.push(EVERYBODY, FRAME)
    connections = gateway.connections

    outcomes = engine.push(EVERYBODY, FRAME)

    assert outcomes == DELIVERED
    assert gateway.connections == connections


def test_secured_sockets_closed_while_the_process_was_frozen_are_replaced(
    serve: Serve, make_engine: MakeEngine, authority: Authority
) -> None:
    gateway = serve(obliging, authority.server_context("localhost"))
    engine = make_engine(gateway.url, make_tls=authority.client_context, attempts=1)
    engine.push(EVERYBODY, FRAME)
    gateway.hang_up()

    outcomes = engine.push(EVERYBODY, FRAME)

    assert outcomes == DELIVERED


def test_a_secured_socket_that_dies_of_being_used_again_costs_a_post_no_try(
    serve: Serve, make_engine: MakeEngine, authority: Authority
) -> None:
    def script(peer: Peer) -> None:
        peer.read_request()
        peer.answer(200)
        peer.read_request()

    gateway = serve(script, authority.server_context("localhost"))
    engine = make_engine(gateway.url, make_tls=authority.client_context, attempts=1)

    outcomes = engine.push(EVERYBODY, FRAME)

    assert outcomes == DELIVERED


def test_a_long_frame_is_sent_in_many_records(
    serve: Serve, make_engine: MakeEngine, authority: Authority
) -> None:
    gateway = serve(obliging, authority.server_context("localhost"))
    engine = make_engine(gateway.url, make_tls=authority.client_context)
    frame = bytes(range(256)) * 32_768

    outcomes = engine.push(EVERYBODY[:1], frame)

    assert set(outcomes.values()) == {Outcome.DELIVERED}
    assert [request.body for request in gateway.requests] == [frame]


def test_an_answer_may_come_in_several_records(
    serve: Serve, make_engine: MakeEngine, authority: Authority
) -> None:
    long_answer = b"HTTP/1.1 200 OK\r\nContent-Length: 50000\r\n\r\n" + bytes(50_000)
    gateway = serve(saying(long_answer), authority.server_context("localhost"))
    engine = make_engine(gateway.url, make_tls=authority.client_context, cold_sockets=1)

    outcomes = engine.push(EVERYBODY[:3], FRAME)

    assert set(outcomes.values()) == {Outcome.DELIVERED}
    assert gateway.connections == 1
