"""429 is a client whose buffer is full, or an account that is throttled: pushes know them apart."""

import logging

import pytest

from chat.protocol.ids import ConnectionId
from chat.push.limits import INLINE, Allowance
from chat.push.post import Outcome
from tests.integration.push.conftest import MakeEngine, Serve
from tests.integration.push.gateway import Peer, Script, answering

FRAME = b'{"type":"typing"}'
SECONDS_A_REQUEST = 0.01


def posts(fast: int, slow: int) -> list[ConnectionId]:
    """Name connections: before each slow one its share of the fast ones."""
    between = fast // slow
    ids = []
    for number in range(slow):
        ids += [ConnectionId(f"fast{number}-{each}=") for each in range(between)]
        ids.append(ConnectionId(f"slow{number}="))
    return ids


def is_slow(connection_id: str) -> bool:
    return connection_id.startswith("slow")


def slow_clients(peer: Peer) -> None:
    for request in peer.requests():
        peer.answer(429 if is_slow(request.connection_id) else 200)


def each_gets(ids: list[ConnectionId]) -> dict[ConnectionId, Outcome]:
    return {each: Outcome.THROTTLED if is_slow(each) else Outcome.DELIVERED for each in ids}


@pytest.mark.parametrize(("fast", "slow"), [(1, 1), (20, 2), (20, 5), (20, 10), (300, 100)])
def test_a_client_that_does_not_read_costs_a_few_posts_and_no_patience(
    fast: int, slow: int, serve: Serve, make_engine: MakeEngine
) -> None:
    gateway = serve(slow_clients)
    ids = posts(fast, slow)

    engine = make_engine(gateway.url, cold_sockets=4, throttled_attempts=3)
    outcomes = engine.push(ids, FRAME, Allowance(seconds=60.0, patience_seconds=0.0))

    assert outcomes == each_gets(ids)
    assert {len(gateway.bodies(each)) for each in ids if is_slow(each)} == {3}


def test_clients_that_do_not_read_hold_up_a_push_for_less_than_a_second(
    serve: Serve, make_engine: MakeEngine
) -> None:
    gateway = serve(slow_clients)
    ids = [*posts(0, 40), *posts(10, 1)]
    engine = make_engine(
        gateway.url, cold_sockets=4, clock=lambda: len(gateway.requests) * SECONDS_A_REQUEST
    )

    outcomes = engine.push(ids, FRAME, INLINE)

    assert outcomes == each_gets(ids)
    last_fast = max(
        at for at, each in enumerate(gateway.requests) if not is_slow(each.connection_id)
    )
    assert (len(gateway.requests) - last_fast) * SECONDS_A_REQUEST < 1


def test_no_slow_client_takes_the_place_of_another(serve: Serve, make_engine: MakeEngine) -> None:
    gateway = serve(slow_clients)
    ids = [*posts(0, 1), *posts(5, 1)[:5]]

    make_engine(gateway.url, cold_sockets=1, throttled_attempts=2).push(ids, FRAME)

    assert [each.connection_id for each in gateway.requests] == [*ids, ids[0]]


def test_a_post_that_broke_is_tried_again_before_others_are_begun(
    serve: Serve, make_engine: MakeEngine
) -> None:
    gateway = serve(answering(500))
    ids = posts(9, 1)

    make_engine(gateway.url, cold_sockets=1).push(ids, FRAME)

    tried = [each.connection_id for each in gateway.requests]
    assert ids[0] in tried[1:4]


def letting_through(one_in: int) -> Script:
    """Be the gateway of a throttled account: refuse all but one in so many requests."""
    return answering(*([429] * (one_in - 1) + [200]) * 1_000)


def test_a_throttled_account_is_waited_for_while_posts_get_through(
    serve: Serve, make_engine: MakeEngine
) -> None:
    gateway = serve(letting_through(one_in=8))
    ids = posts(40, 1)[:40]
    engine = make_engine(
        gateway.url, cold_sockets=1, clock=lambda: len(gateway.requests) * SECONDS_A_REQUEST
    )

    outcomes = engine.push(ids, FRAME, INLINE)

    assert outcomes == dict.fromkeys(ids, Outcome.DELIVERED)
    assert len(gateway.requests) == 8 * 40


@pytest.mark.parametrize("then", [500, 503, 403])
def test_a_refusal_that_turns_into_an_error_is_a_failure(
    then: int, serve: Serve, make_engine: MakeEngine
) -> None:
    gateway = serve(answering(429, then, then))
    [one] = posts(0, 1)

    outcomes = make_engine(gateway.url, attempts=3).push([one], FRAME)

    assert outcomes == {one: Outcome.FAILED}


def test_a_refusal_after_which_the_gateway_hangs_up_is_a_failure(
    serve: Serve, make_engine: MakeEngine, caplog: pytest.LogCaptureFixture
) -> None:
    def script(peer: Peer) -> None:
        peer.read_request()
        if not peer.number:
            peer.answer(429, "Connection: close")

    gateway = serve(script)
    [one] = posts(0, 1)

    with caplog.at_level(logging.WARNING):
        outcomes = make_engine(gateway.url, attempts=2).push([one], FRAME)

    assert outcomes == {one: Outcome.FAILED}
    assert "ConnectionResetError" in caplog.text
