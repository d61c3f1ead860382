import pytest

from chat.push.pace import Throttle, backoff


def refuse(throttle: Throttle, times: int, *, of: int, now: float = 0.0) -> None:
    """Count refusals as they come at the end of so many answers."""
    for answered in range(of - times, of):
        throttle.refused(answered, now, pause=1.0)


def test_a_few_slow_clients_are_no_reason_to_slow_down() -> None:
    throttle = Throttle(widest=128)

    refuse(throttle, 4, of=4)
    refuse(throttle, 3, of=64)

    assert throttle.window == 128


def test_refusals_one_after_another_halve_the_window_once_a_pause() -> None:
    throttle = Throttle(widest=128)

    refuse(throttle, 10, of=10, now=0.0)
    at_once = throttle.window
    refuse(throttle, 10, of=20, now=1.0)

    assert (at_once, throttle.window) == (64, 32)


def test_old_refusals_are_forgotten() -> None:
    throttle = Throttle(widest=128)

    for answered in range(0, 1_000, 70):
        throttle.refused(answered, now=0.0, pause=1.0)

    assert throttle.window == 128


def test_something_is_always_in_flight() -> None:
    throttle = Throttle(widest=2)

    for now in range(10):
        refuse(throttle, 10, of=10, now=float(now) * 2)

    assert throttle.window == 1


def test_the_window_grows_by_one_with_each_round_of_answers() -> None:
    throttle = Throttle(widest=8)
    refuse(throttle, 10, of=10)

    for _ in range(4 + 5):
        throttle.allowed()

    assert throttle.window == 6


def test_at_its_widest_nothing_is_paced() -> None:
    throttle = Throttle(widest=2)
    refuse(throttle, 10, of=10)
    paced = throttle.pacing

    throttle.allowed()

    assert (paced, throttle.pacing) == (True, False)


@pytest.mark.parametrize(
    ("tries", "drawn", "pause"), [(1, 0.0, 0.0), (1, 0.5, 0.025), (2, 0.5, 0.05), (4, 1.0, 0.4)]
)
def test_a_pause_is_drawn_from_a_span_that_doubles(tries: int, drawn: float, pause: float) -> None:
    assert backoff(tries, 0.05, lambda: drawn) == pytest.approx(pause)
