from collections.abc import Iterable

import pytest

from chat.protocol.ids import ConnectionId
from chat.push.post import Post
from chat.push.retries import Throttle, backoff

PATIENCE = 5.0


def throttle_of(posts: int, *, widest: int = 128) -> Throttle:
    """A throttle of a push that has made so many posts."""
    throttle = Throttle(widest, PATIENCE)
    throttle.posts_made = posts
    return throttle


def some_posts(number: int) -> list[Post]:
    return [Post(ConnectionId(f"{each}=")) for each in range(number)]


def refuse(
    throttle: Throttle, posts: Iterable[Post], now: float = 0.0, let_through: int = 0
) -> None:
    for post in posts:
        throttle.refused(post, let_through, now, pause=1.0)


@pytest.mark.parametrize(("refused", "of"), [(4, 4), (2, 22), (100, 400), (200, 400)])
def test_posts_refused_while_most_get_through_are_of_slow_clients(refused: int, of: int) -> None:
    throttle = throttle_of(of)

    clients = some_posts(refused)
    for again in range(10):
        refuse(throttle, clients, now=float(again), let_through=of - refused)

    assert throttle.window == 128


@pytest.mark.parametrize(("refused", "of"), [(5, 5), (12, 22), (201, 400)])
def test_when_most_posts_are_refused_the_account_is_throttled(refused: int, of: int) -> None:
    throttle = throttle_of(of)

    refuse(throttle, some_posts(refused))

    assert throttle.window == 64


def test_a_post_refused_again_and_again_counts_once() -> None:
    throttle = throttle_of(8)
    clients = some_posts(4)

    refuse(throttle, clients * 100)

    assert not throttle.pacing


def test_posts_whose_answers_are_on_their_way_may_get_through() -> None:
    throttle = throttle_of(25)

    refuse(throttle, some_posts(12))

    assert not throttle.pacing


def test_once_posts_are_refused_again_only_those_that_got_through_speak_for_the_account() -> None:
    throttle = throttle_of(25)
    clients = some_posts(12)
    refuse(throttle, clients)

    refuse(throttle, clients[:1], let_through=12)
    paced_with_as_many = throttle.pacing
    refuse(throttle, clients[:1], let_through=11)

    assert (paced_with_as_many, throttle.pacing) == (False, True)


def test_a_post_that_failed_in_another_way_counts_no_longer() -> None:
    throttle = throttle_of(8)

    for post in some_posts(100):
        refuse(throttle, [post])
        throttle.release(post)

    assert not throttle.pacing


def test_a_post_counts_no_longer_only_once() -> None:
    throttle = throttle_of(5)
    posts = some_posts(5)
    refuse(throttle, posts[:4])

    throttle.release(posts[4])
    refuse(throttle, posts[4:])

    assert throttle.pacing


def test_refusals_one_after_another_halve_the_window_once_a_pause() -> None:
    throttle = throttle_of(10)
    posts = some_posts(10)

    refuse(throttle, posts, now=0.0)
    at_once = throttle.window
    refuse(throttle, posts, now=1.0)

    assert (at_once, throttle.window) == (64, 32)


def test_while_pacing_any_refusal_halves_the_window() -> None:
    throttle = throttle_of(10)
    posts = some_posts(10)
    refuse(throttle, posts, now=0.0)
    for post in posts[1:]:
        throttle.release(post)

    refuse(throttle, posts[:1], now=1.0)

    assert throttle.window == 32


def test_something_is_always_in_flight() -> None:
    throttle = throttle_of(10, widest=2)

    for now in range(10):
        refuse(throttle, some_posts(10), now=float(now) * 2)

    assert throttle.window == 1


def test_the_window_grows_by_one_with_each_round_of_answers() -> None:
    throttle = throttle_of(10, widest=8)
    refuse(throttle, some_posts(10))

    for _ in range(4 + 5):
        throttle.allowed(now=0.0)

    assert throttle.window == 6


def test_at_its_widest_nothing_is_paced() -> None:
    throttle = throttle_of(10, widest=2)
    refuse(throttle, some_posts(10))
    paced = throttle.pacing

    throttle.allowed(now=0.0)

    assert (paced, throttle.pacing) == (True, False)


def test_patience_begins_with_pacing_and_again_with_each_post_that_gets_through() -> None:
    throttle = throttle_of(10)

    refuse(throttle, some_posts(10), now=1.0)
    refuse(throttle, some_posts(10), now=3.0)
    without_progress = throttle.gives_up_at
    throttle.allowed(now=4.0)

    assert (without_progress, throttle.gives_up_at) == (1.0 + PATIENCE, 4.0 + PATIENCE)


@pytest.mark.parametrize(
    ("tries", "drawn", "pause"), [(1, 0.0, 0.0), (1, 0.5, 0.025), (2, 0.5, 0.05), (4, 1.0, 0.4)]
)
def test_a_pause_is_drawn_from_a_span_that_doubles(tries: int, drawn: float, pause: float) -> None:
    assert backoff(tries, 0.05, lambda: drawn) == pytest.approx(pause)
