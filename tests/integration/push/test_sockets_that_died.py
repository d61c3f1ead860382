import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from chat.protocol.ids import ConnectionId
from chat.push.limits import Allowance
from chat.push.post import Outcome
from tests.integration.push.conftest import MakeEngine, Serve
from tests.integration.push.gateway import Peer, obliging

FRAME = b'{"type":"typing"}'
ALICE = ConnectionId("alice=")
EVERYBODY = [ConnectionId(f"{number}=") for number in range(20)]
DELIVERED = dict.fromkeys(EVERYBODY, Outcome.DELIVERED)


def test_sockets_closed_while_the_process_was_frozen_are_replaced(
    serve: Serve, make_engine: MakeEngine
) -> None:
    gateway = serve(obliging)
    engine = make_engine(gateway.url, attempts=1)
    engine.push(EVERYBODY, FRAME)
    gateway.hang_up()

    outcomes = engine.push(EVERYBODY, FRAME)

    assert outcomes == DELIVERED
    assert len(gateway.requests) == 40


def close(peer: Peer) -> None:
    """End the script, which closes the connection in good order."""


@pytest.mark.parametrize("end", [close, Peer.reset])
def test_a_socket_that_dies_of_being_used_again_costs_a_post_no_try(
    end: Callable[[Peer], None], serve: Serve, make_engine: MakeEngine
) -> None:
    def script(peer: Peer) -> None:
        peer.read_request()
        peer.answer(200)
        peer.read_request()
        end(peer)

    gateway = serve(script)
    engine = make_engine(gateway.url, attempts=1)
    engine.push(EVERYBODY, FRAME)

    outcomes = engine.push(EVERYBODY, FRAME)

    assert outcomes == DELIVERED


def test_a_socket_may_die_in_the_middle_of_a_push(serve: Serve, make_engine: MakeEngine) -> None:
    def script(peer: Peer) -> None:
        for _ in range(3):
            peer.read_request()
            peer.answer(200)
        peer.read_request()

    gateway = serve(script)

    outcomes = make_engine(gateway.url, attempts=1, cold_sockets=2).push(EVERYBODY, FRAME)

    assert outcomes == DELIVERED


def test_a_post_gets_a_second_chance_only_once(serve: Serve, make_engine: MakeEngine) -> None:
    def script(peer: Peer) -> None:
        for request in peer.requests():
            if request.connection_id == ALICE:
                return
            peer.answer(200)

    gateway = serve(script)
    engine = make_engine(gateway.url, attempts=1, cold_sockets=1)

    outcomes = engine.push([*EVERYBODY, ALICE], FRAME)

    assert outcomes == {**DELIVERED, ALICE: Outcome.FAILED}
    assert len(gateway.bodies(ALICE)) == 2


def test_a_post_gets_no_third_chance_from_idle_sockets(
    serve: Serve, make_engine: MakeEngine
) -> None:
    all_connected = threading.Barrier(3)

    def script(peer: Peer) -> None:
        peer.read_request()
        all_connected.wait(timeout=10)
        peer.answer(200)
        peer.read_request()

    gateway = serve(script)
    engine = make_engine(gateway.url, attempts=1)
    engine.push(EVERYBODY[:3], FRAME)
    gateway.refuse_connections()

    outcomes = engine.push([ALICE], FRAME)

    assert outcomes == {ALICE: Outcome.FAILED}
    assert len(gateway.bodies(ALICE)) == 2


def test_a_new_socket_that_closes_at_once_costs_a_try(
    serve: Serve, make_engine: MakeEngine
) -> None:
    def script(peer: Peer) -> None:
        peer.read_request()

    gateway = serve(script)

    outcomes = make_engine(gateway.url, attempts=2).push([ALICE], FRAME)

    assert outcomes == {ALICE: Outcome.FAILED}
    assert len(gateway.bodies(ALICE)) == 2


def test_an_idle_socket_that_speaks_unasked_is_not_listened_to(
    serve: Serve, make_engine: MakeEngine
) -> None:
    idle, spoken = threading.Event(), threading.Event()

    def script(peer: Peer) -> None:
        peer.read_request()
        peer.answer(200)
        if not peer.number:
            idle.wait(timeout=10)
            peer.answer(410)
            spoken.set()
        peer.wait_for_hangup()

    gateway = serve(script)
    engine = make_engine(gateway.url)
    engine.push([ALICE], FRAME)
    idle.set()
    spoken.wait(timeout=10)

    outcomes = engine.push([ALICE], FRAME)

    assert outcomes == {ALICE: Outcome.DELIVERED}


def test_a_socket_idle_for_too_long_is_not_tried(serve: Serve, make_engine: MakeEngine) -> None:
    gateway = serve(obliging)
    now = 1_795_371_554.0
    engine = make_engine(gateway.url, wall_clock=lambda: now, idle_seconds=60)
    engine.push([ALICE], FRAME)
    now += 61

    engine.push([ALICE], FRAME)

    assert gateway.connections == 2


def test_a_socket_that_has_fallen_silent_takes_its_idle_fellows_with_it(
    serve: Serve, make_engine: MakeEngine
) -> None:
    now = 1_795_371_554.0

    def script(peer: Peer) -> None:
        for request in peer.requests():
            if request.body == b"before" or peer.number >= 20:
                peer.answer(200)

    gateway = serve(script)
    engine = make_engine(gateway.url, attempt_seconds=0.5, wall_clock=lambda: now, attempts=2)
    engine.push(EVERYBODY, b"before")
    now += 1

    outcomes = engine.push([ALICE], FRAME)

    assert outcomes == {ALICE: Outcome.DELIVERED}


def test_a_server_that_refuses_connections_fails_the_push_soon(make_engine: MakeEngine) -> None:
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        port = nobody.getsockname()[1]

    outcomes = make_engine(f"http://127.0.0.1:{port}").push(EVERYBODY, FRAME)

    assert outcomes == dict.fromkeys(EVERYBODY, Outcome.FAILED)


def test_a_server_that_refuses_connections_is_left_alone_for_a_moment_between_tries(
    make_engine: MakeEngine,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        port = nobody.getsockname()[1]
    engine = make_engine(
        f"http://127.0.0.1:{port}", attempts=3, backoff_seconds=0.05, random=lambda: 1.0
    )
    began = time.monotonic()

    engine.push(EVERYBODY, FRAME)

    assert time.monotonic() - began >= 0.05 + 0.1


def test_a_server_that_does_not_let_connections_through_fails_the_push(
    make_engine: MakeEngine,
) -> None:
    with full_listener() as listener:
        port = listener.getsockname()[1]
        engine = make_engine(f"http://127.0.0.1:{port}", connect_seconds=0.05)

        outcomes = engine.push(EVERYBODY, FRAME)

    assert outcomes == dict.fromkeys(EVERYBODY, Outcome.FAILED)


@contextmanager
def full_listener() -> Iterator[socket.socket]:
    """A listener whose backlog is taken up by a connection that nobody accepts."""
    with (
        socket.create_server(("127.0.0.1", 0), backlog=0) as listener,
        socket.create_connection(listener.getsockname()),
    ):
        yield listener


def test_while_no_more_sockets_can_be_had_those_at_hand_do_the_work(
    serve: Serve, make_engine: MakeEngine
) -> None:
    gateway = serve(obliging)
    engine = make_engine(gateway.url)
    engine.push([ALICE], FRAME)
    gateway.refuse_connections()

    outcomes = engine.push(EVERYBODY, FRAME)

    assert outcomes == DELIVERED


def test_when_no_fresh_socket_can_be_had_an_idle_one_gives_the_second_chance(
    serve: Serve, make_engine: MakeEngine
) -> None:
    both_connected = threading.Barrier(2)

    def script(peer: Peer) -> None:
        peer.read_request()
        both_connected.wait(timeout=10)
        peer.answer(200)
        peer.read_request()
        if peer.number:
            obliging_from_now(peer)

    def obliging_from_now(peer: Peer) -> None:
        peer.answer(200)
        obliging(peer)

    gateway = serve(script)
    engine = make_engine(gateway.url, attempt_seconds=60, post_seconds=60, connect_seconds=60)
    engine.push(EVERYBODY[:2], FRAME)
    gateway.refuse_connections()

    outcomes = engine.push(EVERYBODY[:2], FRAME)

    assert set(outcomes.values()) == {Outcome.DELIVERED}


@pytest.mark.parametrize(
    "address",
    [
        pytest.param("127.0.0.9", id="nobody listens there"),
        pytest.param("255.255.255.255", id="no way leads there"),
    ],
)
def test_an_address_that_does_not_connect_is_passed_over(
    address: str, serve: Serve, make_engine: MakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    gateway = serve(obliging)
    resolve_to(monkeypatch, address, "127.0.0.1")
    engine = make_engine(f"http://gateway.test:{gateway.port}", attempts=1)

    outcomes = engine.push(EVERYBODY, FRAME)

    assert outcomes == DELIVERED


def resolve_to(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    """Stand in for DNS: names resolve to these addresses, or to nothing."""
    real = socket.getaddrinfo

    def getaddrinfo(host: str, port: int, **settings: int) -> object:
        if host.endswith(".test") and not settings["flags"]:
            if not addresses:
                raise socket.gaierror(socket.EAI_AGAIN, "try again")
            return [each for ip in addresses for each in real(ip, port, **settings)]
        return real(host, port, **settings)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)


def test_a_name_without_an_address_fails_the_push(
    make_engine: MakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolve_to(monkeypatch)

    outcomes = make_engine("https://gateway.test").push(EVERYBODY, FRAME)

    assert outcomes == dict.fromkeys(EVERYBODY, Outcome.FAILED)


def test_a_name_is_looked_up_for_no_longer_than_the_push_may_take(
    make_engine: MakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    push_is_over = threading.Event()
    asked: list[str] = []

    def getaddrinfo(host: str, *_: object, flags: int, **__: object) -> object:
        if not flags:
            asked.append(host)
            push_is_over.wait(timeout=20)
        raise socket.gaierror(socket.EAI_NONAME, f"{host} is a name")

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    engine = make_engine("https://gateway.test", connect_seconds=5.0)
    began = time.monotonic()

    outcomes = engine.push(EVERYBODY, FRAME, Allowance(seconds=0.1, patience_seconds=0.1))

    took = time.monotonic() - began
    push_is_over.set()
    assert outcomes == dict.fromkeys(EVERYBODY, Outcome.FAILED)
    assert took < 4
    assert asked == ["gateway.test"]


def test_an_old_address_is_better_than_none(
    serve: Serve, make_engine: MakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    gateway = serve(obliging)
    now = 1_795_371_554.0
    engine = make_engine(f"http://gateway.test:{gateway.port}", wall_clock=lambda: now)
    resolve_to(monkeypatch, "127.0.0.1")
    engine.push([ALICE], FRAME)
    now += 3600
    resolve_to(monkeypatch)

    outcomes = engine.push([ALICE], FRAME)

    assert outcomes == {ALICE: Outcome.DELIVERED}
