"""Answers in every shape that HTTP allows, and in some that it does not."""

import threading

import pytest

from chat.protocol.ids import ConnectionId
from chat.push.post import Outcome
from tests.integration.push.conftest import MakeEngine, Serve
from tests.integration.push.gateway import OK, Peer, first, obliging, saying

FRAME = b'{"type":"typing"}'
ALICE = ConnectionId("alice=")
BOB = ConnectionId("bob=")

CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
ENDLESS = b"HTTP/1.1 200 OK\r\nContent-Length: 999999999\r\n\r\n"


def both(outcome: Outcome) -> dict[ConnectionId, Outcome]:
    return {ALICE: outcome, BOB: outcome}


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(b"HTTP/1.1 204 No Content\r\n\r\n", id="no body"),
        pytest.param(b"HTTP/1.1 200 OK\r\ncontent-length:2\r\n\r\n{}", id="a length"),
        pytest.param(CHUNKED + b"5;x=y\r\nhello\r\n0\r\n\r\n", id="chunks"),
        pytest.param(CHUNKED + b"1\r\n.\r\n0\r\nDigest: x\r\n\r\n", id="trailers"),
        pytest.param(b"HTTP/1.1 100 Continue\r\n\r\n" + OK, id="100 before"),
        pytest.param(b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" * 2 + OK, id="103 before"),
        pytest.param(
            b"HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 0\r\n\r\n",
            id="HTTP/1.0 that keeps the connection",
        ),
        pytest.param(OK[:-2] + b"X-Long: " + b"x" * 16_000 + b"\r\n\r\n", id="a long head"),
    ],
)
def test_after_a_whole_answer_the_socket_is_used_again(
    answer: bytes, serve: Serve, make_engine: MakeEngine
) -> None:
    gateway = serve(saying(answer))

    outcomes = make_engine(gateway.url, cold_sockets=1).push([ALICE, BOB], FRAME)

    assert outcomes == both(Outcome.DELIVERED)
    assert (len(gateway.requests), gateway.connections) == (2, 1)


def test_an_answer_may_come_byte_by_byte(serve: Serve, make_engine: MakeEngine) -> None:
    def script(peer: Peer) -> None:
        for _ in peer.requests():
            for byte in CHUNKED + b"5;x=y\r\nhello\r\n0\r\nDigest: x\r\n\r\n":
                peer.send(bytes([byte]))

    gateway = serve(script)

    outcomes = make_engine(gateway.url, cold_sockets=1).push([ALICE, BOB], FRAME)

    assert outcomes == both(Outcome.DELIVERED)
    assert (len(gateway.requests), gateway.connections) == (2, 1)


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(OK[:-2] + b"Connection: close\r\n\r\n", id="Connection: close"),
        pytest.param(b"HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", id="HTTP/1.0"),
        pytest.param(OK + b"garbage", id="garbage after it"),
        pytest.param(OK + OK, id="a second answer"),
        pytest.param(ENDLESS, id="a body without end"),
        pytest.param(CHUNKED + b"ffffff\r\n" + b"x" * 200_000, id="a chunk without end"),
        pytest.param(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 200_000, id="a body of no length"),
    ],
)
def test_after_an_answer_that_spoils_its_socket_a_new_one_is_used(
    answer: bytes, serve: Serve, make_engine: MakeEngine
) -> None:
    gateway = serve(saying(answer))

    engine = make_engine(gateway.url, cold_sockets=1, attempt_seconds=0.5)
    outcomes = engine.push([ALICE, BOB], FRAME)

    assert outcomes == both(Outcome.DELIVERED)
    assert (len(gateway.requests), gateway.connections) == (2, 2)


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(b"HTTP/1.1 200 OK\r\n\r\nwell done", id="of no length"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nwell", id="cut off"),
        pytest.param(CHUNKED + b"9\r\nwell", id="a chunk cut off"),
        pytest.param(CHUNKED + b"not a size\r\n", id="garbage for chunks"),
    ],
)
def test_once_its_status_is_known_a_post_is_not_made_again(
    answer: bytes, serve: Serve, make_engine: MakeEngine
) -> None:
    def script(peer: Peer) -> None:
        peer.read_request()
        peer.send(answer)

    gateway = serve(script)

    outcomes = make_engine(gateway.url).push([ALICE], FRAME)

    assert outcomes == {ALICE: Outcome.DELIVERED}
    assert gateway.bodies(ALICE) == [FRAME]


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(b"SSH-2.0-OpenSSH_9.9\r\n\r\n", id="another protocol"),
        pytest.param(b"\x15\x03\x01\x00\x02\x02\x46\r\n\r\n", id="TLS"),
        pytest.param(b"HTTP/2 200 OK\r\n\r\n", id="HTTP/2"),
        pytest.param(b"HTTP/1.1 99 Low\r\n\r\n", id="no status"),
        pytest.param(b"HTTP/1.1 101 Switching Protocols\r\n\r\n", id="101"),
        pytest.param(b"HTTP/1.1 100 Continue\r\n\r\n" * 99, id="100 again and again"),
        pytest.param(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 99_999 + b"\r\n\r\n", id="an endless head"),
        pytest.param(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 17_000, id="a head that never ends"),
    ],
)
def test_what_is_no_answer_fails_its_post_alone(
    answer: bytes, serve: Serve, make_engine: MakeEngine
) -> None:
    gateway = serve(first(saying(answer)))

    outcomes = make_engine(gateway.url, cold_sockets=1).push([ALICE, BOB], FRAME)

    assert outcomes == {ALICE: Outcome.FAILED, BOB: Outcome.DELIVERED}
    assert gateway.bodies(ALICE) == [FRAME]


@pytest.mark.parametrize(
    "said", [pytest.param(b"", id="nothing"), pytest.param(b"HTTP/1.1 20", id="half a head")]
)
def test_a_connection_that_closes_too_early_is_made_up_for(
    said: bytes, serve: Serve, make_engine: MakeEngine
) -> None:
    def script(peer: Peer) -> None:
        peer.read_request()
        peer.send(said)

    gateway = serve(first(script))

    outcomes = make_engine(gateway.url).push([ALICE], FRAME)

    assert outcomes == {ALICE: Outcome.DELIVERED}
    assert gateway.bodies(ALICE) == [FRAME, FRAME]


@pytest.mark.parametrize(
    ("drip", "outcome"),
    [
        pytest.param(b"H", Outcome.FAILED, id="in its head"),
        pytest.param(ENDLESS, Outcome.DELIVERED, id="in its body"),
    ],
)
def test_an_answer_that_never_ends_is_waited_for_no_longer_than_any(
    drip: bytes, outcome: Outcome, serve: Serve, make_engine: MakeEngine
) -> None:
    def script(peer: Peer) -> None:
        for _ in peer.requests():
            peer.send(drip)
            while not peer.says_more():  # says so too when the client has closed
                peer.send(b"T")

    gateway = serve(script)

    outcomes = make_engine(gateway.url, attempt_seconds=0.1, attempts=2).push([ALICE], FRAME)

    assert outcomes == {ALICE: outcome}


def test_an_answer_may_come_before_the_request_is_whole(
    serve: Serve, make_engine: MakeEngine
) -> None:
    def script(peer: Peer) -> None:
        peer.answer(413)
        peer.wait_for_hangup()

    gateway = serve(first(script, then=obliging))
    too_long = bytes(50_000_000)

    outcomes = make_engine(gateway.url).push([ALICE], too_long)

    assert outcomes == {ALICE: Outcome.FAILED}
    assert gateway.connections == 1


def test_a_socket_on_which_a_request_was_cut_short_carries_no_other(
    serve: Serve, make_engine: MakeEngine
) -> None:
    other_came = threading.Event()

    def hasty(peer: Peer) -> None:
        peer.send(OK)
        other_came.wait(timeout=3)
        peer.wait_for_hangup()

    def attentive(peer: Peer) -> None:
        other_came.set()
        obliging(peer)

    gateway = serve(first(hasty, then=attentive))
    too_long = bytes(20_000_000)
    engine = make_engine(gateway.url, cold_sockets=1, attempts=1, attempt_seconds=5.0)

    outcomes = engine.push([ALICE, BOB], too_long)

    assert outcomes == both(Outcome.DELIVERED)
    assert (gateway.bodies(ALICE), gateway.bodies(BOB)) == ([], [too_long])
