"""Timers run in order, once, and leave nothing when they are cancelled."""

from parley_client.engine.timers import Timers


def test_timers_run_when_they_are_due_in_order() -> None:
    now, ran = [0.0], list[str]()
    timers = Timers(lambda: now[0])
    timers.after(2.0, lambda: ran.append("second"))
    timers.after(1.0, lambda: ran.append("first"))
    timers.after(3.0, lambda: ran.append("third"))

    now[0] = 2.0
    timers.run_due()
    timers.run_due()

    assert ran == ["first", "second"]
    assert timers.next_at == 3.0


def test_timer_that_is_made_by_another_runs_at_the_next_turn() -> None:
    ran = list[str]()
    timers = Timers(lambda: 0.0)
    timers.after(0.0, lambda: timers.after(0.0, lambda: ran.append("second")))

    timers.run_due()
    before = list(ran)
    timers.run_due()

    assert (before, ran) == ([], ["second"])


def test_cancelled_timers_are_forgotten_long_before_they_are_due() -> None:
    timers = Timers(lambda: 0.0)
    kept = [timers.after(86_400.0, int) for _ in range(10)]

    for _ in range(10_000):
        timers.after(86_400.0, int).cancel()

    assert len(timers._heap) < 100  # noqa: SLF001 -- what is bounded
    assert all(each.is_pending for each in kept)
