import pytest

from chat.push.limits import INLINE, Allowance, PushLimits


@pytest.mark.parametrize(
    ("posts", "warm", "sockets"),
    [
        (3, False, 3),
        (1_000, False, 32),
        (20, True, 20),
        (100, True, 32),
        (500, True, 62),
        (1_000, True, 125),
        (10_000, True, 128),
    ],
)
def test_sockets_are_opened_as_far_as_they_pay(posts: int, *, warm: bool, sockets: int) -> None:
    assert PushLimits().sockets_for(posts, warm=warm) == sockets


@pytest.mark.parametrize(
    "limits",
    [
        {"cold_sockets": 0},
        {"cold_sockets": 129},
        {"attempt_seconds": 0.0},
        {"attempt_seconds": 6.0},
        {"post_seconds": 1.0},
    ],
)
def test_limits_that_contradict_each_other_are_refused(limits: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="must"):
        PushLimits(**limits)  # type: ignore[arg-type]  # one of them is a float, by chance


@pytest.mark.parametrize(("left", "seconds"), [(9.0, 5.0), (2.5, 2.5), (0.0, 0.0), (-1.0, 0.0)])
def test_a_push_is_allowed_no_more_than_the_time_that_is_left(left: float, seconds: float) -> None:
    allowance = Allowance(seconds=5.0, patience_seconds=INLINE.patience_seconds).within(left)

    assert allowance == (seconds, INLINE.patience_seconds)
