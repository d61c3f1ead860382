import logging
import threading

import pytest

from chat.protocol.ids import ConnectionId
from chat.push.limits import INLINE, Allowance
from chat.push.post import Outcome
from tests.integration.push.conftest import MakeEngine, Serve
from tests.integration.push.gateway import Peer, answering, obliging

FRAME = b'{"type":"typing"}'
ALICE = ConnectionId("alice=")
BOB = ConnectionId("bob=")


@pytest.mark.parametrize("status", [200, 201, 299])
def test_success_is_delivered(status: int, serve: Serve, make_engine: MakeEngine) -> None:
    gateway = serve(answering(status))

    outcomes = make_engine(gateway.url).push([ALICE], FRAME)

    assert outcomes == {ALICE: Outcome.DELIVERED}


def test_410_is_gone(serve: Serve, make_engine: MakeEngine) -> None:
    gateway = serve(answering(410))

    outcomes = make_engine(gateway.url).push([ALICE], FRAME)

    assert outcomes == {ALICE: Outcome.GONE}
    assert len(gateway.requests) == 1


@pytest.mark.parametrize("status", [301, 400, 403, 404, 413])
def test_a_refusal_fails_without_another_try(
    status: int, serve: Serve, make_engine: MakeEngine
) -> None:
    gateway = serve(answering(status))

    outcomes = make_engine(gateway.url).push([ALICE], FRAME)

    assert outcomes == {ALICE: Outcome.FAILED}
    assert len(gateway.requests) == 1


@pytest.mark.parametrize("status", [408, 500, 502, 503, 504])
def test_an_error_that_may_pass_is_tried_again(
    status: int, serve: Serve, make_engine: MakeEngine
) -> None:
    gateway = serve(answering(status, status))

    outcomes = make_engine(gateway.url, attempts=3).push([ALICE], FRAME)

    assert outcomes == {ALICE: Outcome.DELIVERED}
    assert gateway.bodies(ALICE) == [FRAME] * 3


def test_an_error_that_does_not_pass_fails(serve: Serve, make_engine: MakeEngine) -> None:
    gateway = serve(answering(500, 500, 500))

    outcomes = make_engine(gateway.url, attempts=3).push([ALICE], FRAME)

    assert outcomes == {ALICE: Outcome.FAILED}
    assert len(gateway.requests) == 3


def test_a_client_whose_buffer_stays_full_is_slow(serve: Serve, make_engine: MakeEngine) -> None:
    gateway = serve(answering(429, 429, 429))

    outcomes = make_engine(gateway.url, throttled_attempts=3).push([ALICE], FRAME)

    assert outcomes == {ALICE: Outcome.THROTTLED}
    assert len(gateway.requests) == 3


def test_a_client_whose_buffer_empties_is_delivered_to(
    serve: Serve, make_engine: MakeEngine
) -> None:
    gateway = serve(answering(429))

    outcomes = make_engine(gateway.url).push([ALICE], FRAME)

    assert outcomes == {ALICE: Outcome.DELIVERED}


def test_a_throttled_account_is_waited_for(serve: Serve, make_engine: MakeEngine) -> None:
    gateway = serve(answering(*[429] * 300))
    ids = [ConnectionId(f"{number}=") for number in range(40)]

    outcomes = make_engine(gateway.url, throttled_attempts=6).push(ids, FRAME)

    assert set(outcomes.values()) == {Outcome.DELIVERED}
    assert len(gateway.requests) == 340


def test_an_account_that_stays_throttled_makes_its_posts_slow_in_the_end(
    serve: Serve, make_engine: MakeEngine
) -> None:
    gateway = serve(answering(*[429] * 100_000))
    ids = [ConnectionId(f"{number}=") for number in range(40)]

    engine = make_engine(gateway.url, attempt_seconds=0.2, post_seconds=0.2)
    outcomes = engine.push(ids, FRAME, Allowance(seconds=0.2, patience_seconds=0.2))

    # What is on its way at the last moment has no answer, and so has failed.
    assert set(outcomes.values()) - {Outcome.FAILED} == {Outcome.THROTTLED}


def test_posts_that_a_throttled_account_kept_from_being_sent_are_throttled(
    serve: Serve, make_engine: MakeEngine
) -> None:
    gateway = serve(answering(*[429] * 100_000))
    ids = [ConnectionId(f"{number}=") for number in range(20_000)]

    engine = make_engine(gateway.url, attempt_seconds=0.2, post_seconds=0.2)
    outcomes = engine.push(ids, FRAME, Allowance(seconds=0.2, patience_seconds=0.2))

    unsent = set(ids) - {request.connection_id for request in gateway.requests}
    assert {outcomes[each] for each in unsent} == {Outcome.THROTTLED}


def test_one_that_never_answers_holds_up_no_other(serve: Serve, make_engine: MakeEngine) -> None:
    others = [ConnectionId(f"{number}=") for number in range(50)]
    others_done = threading.Semaphore(0)
    held_up: list[bool] = []

    def script(peer: Peer) -> None:
        for request in peer.requests():
            if request.connection_id == ALICE:
                held_up.extend(not others_done.acquire(timeout=10) for _ in others)
            else:
                others_done.release()
            peer.answer(200)

    gateway = serve(script)

    outcomes = make_engine(gateway.url, cold_sockets=2).push([ALICE, *others], FRAME)

    assert set(outcomes.values()) == {Outcome.DELIVERED}
    assert held_up == [False] * 50


def test_one_that_fails_fails_no_other(serve: Serve, make_engine: MakeEngine) -> None:
    def script(peer: Peer) -> None:
        for request in peer.requests():
            if request.connection_id == ALICE:
                peer.reset()
            peer.answer(200)

    gateway = serve(script)

    outcomes = make_engine(gateway.url, cold_sockets=1).push([ALICE, BOB], FRAME)

    assert outcomes == {ALICE: Outcome.FAILED, BOB: Outcome.DELIVERED}


def test_an_answer_that_takes_too_long_is_asked_for_again(
    serve: Serve, make_engine: MakeEngine
) -> None:
    def script(peer: Peer) -> None:
        for _ in peer.requests():
            if peer.number:
                peer.answer(200)

    gateway = serve(script)

    outcomes = make_engine(gateway.url, attempt_seconds=0.3).push([ALICE], FRAME)

    assert outcomes == {ALICE: Outcome.DELIVERED}
    assert gateway.bodies(ALICE) == [FRAME, FRAME]


def test_a_post_gets_no_more_time_than_its_own(serve: Serve, make_engine: MakeEngine) -> None:
    gateway = serve(silent_after_reading)

    engine = make_engine(gateway.url, attempt_seconds=0.1, post_seconds=0.15, attempts=100)
    outcomes = engine.push([ALICE], FRAME)

    assert outcomes == {ALICE: Outcome.FAILED}
    assert len(gateway.requests) == 2


def silent_after_reading(peer: Peer) -> None:
    for _ in peer.requests():
        pass


def test_a_push_gets_no_more_time_than_its_own(serve: Serve, make_engine: MakeEngine) -> None:
    gateway = serve(silent_after_reading)
    ids = [ConnectionId(f"{number}=") for number in range(10)]
    engine = make_engine(gateway.url, cold_sockets=1, attempt_seconds=0.1, post_seconds=0.1)

    outcomes = engine.push(ids, FRAME, Allowance(seconds=0.15, patience_seconds=0.15))

    assert outcomes == dict.fromkeys(ids, Outcome.FAILED)
    assert len(gateway.requests) <= 2


def test_a_push_for_which_no_time_is_left_asks_for_nothing(
    serve: Serve, make_engine: MakeEngine
) -> None:
    gateway = serve(obliging)
    engine = make_engine(gateway.url)

    outcomes = engine.push([ALICE, BOB], FRAME, INLINE.within(0.0))
    outcome = engine.close_connection(ALICE, INLINE.within(-1.0))

    assert (outcomes, outcome) == (dict.fromkeys([ALICE, BOB], Outcome.FAILED), Outcome.FAILED)
    assert gateway.connections == 0


def test_the_late_answer_to_one_post_is_not_taken_for_the_answer_to_the_next(
    serve: Serve, make_engine: MakeEngine
) -> None:
    too_late = threading.Event()

    def script(peer: Peer) -> None:
        for request in peer.requests():
            if request.connection_id == ALICE:
                too_late.wait(timeout=10)
                peer.answer(410)
            else:
                too_late.set()
                peer.answer(200)

    gateway = serve(script)
    engine = make_engine(gateway.url, attempt_seconds=0.5, post_seconds=0.5)
    engine.push([ALICE], FRAME)

    outcomes = engine.push([BOB], FRAME)

    assert outcomes == {BOB: Outcome.DELIVERED}


def test_why_posts_failed_is_logged_without_saying_whose_or_what(
    serve: Serve, make_engine: MakeEngine, caplog: pytest.LogCaptureFixture
) -> None:
    gateway = serve(answering(403, 403))

    with caplog.at_level(logging.DEBUG):
        make_engine(gateway.url).push([ALICE, BOB], FRAME)

    assert "{'status 403': 2}" in caplog.text
    assert not {ALICE, BOB, FRAME.decode()} & set(caplog.text.split())


def test_an_engine_survives_a_push_that_was_broken_off(
    serve: Serve, make_engine: MakeEngine
) -> None:
    gateway = serve(obliging)
    engine = make_engine(gateway.url)
    with pytest.raises(TypeError):
        engine.push([ALICE, 3], FRAME)  # type: ignore[list-item]  # what no caller should do

    outcomes = engine.push([BOB], FRAME)

    assert outcomes == {BOB: Outcome.DELIVERED}
