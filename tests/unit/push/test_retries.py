from collections.abc import Iterable

import pytest

from chat.protocol.ids import ConnectionId
from chat.push.post import Post
from chat.push.retries import CongestionWindow, backoff

PATIENCE = 5.0


def window_of(posts: int, *, max_size: int = 128) -> CongestionWindow:
    """A window of a push that has made so many posts."""
    window = CongestionWindow(max_size, PATIENCE)
    window.posts_started = posts
    return window


def some_posts(number: int) -> list[Post]:
    return [Post(ConnectionId(f"{each}=")) for each in range(number)]


def throttle(
    window: CongestionWindow, posts: Iterable[Post], now: float = 0.0, accepted: int = 0
) -> None:
    for post in posts:
        window.on_throttled(post, accepted, now, interval=1.0)


@pytest.mark.parametrize(("refused", "of"), [(4, 4), (2, 22), (100, 400), (200, 400)])
def test_posts_refused_while_most_get_through_are_of_slow_clients(refused: int, of: int) -> None:
    window = window_of(of)

    clients = some_posts(refused)
    for again in range(10):
        throttle(window, clients, now=float(again), accepted=of - refused)

    assert window.size == 128


@pytest.mark.parametrize(("refused", "of"), [(5, 5), (12, 22), (201, 400)])
def test_when_most_posts_are_refused_the_account_is_throttled(refused: int, of: int) -> None:
    window = window_of(of)

    throttle(window, some_posts(refused))

    assert window.size == 64


def test_a_post_refused_again_and_again_counts_once() -> None:
    window = window_of(8)
    clients = some_posts(4)

    throttle(window, clients * 100)

    assert not window.is_reduced


def test_posts_whose_answers_are_on_their_way_may_get_through() -> None:
    window = window_of(25)

    throttle(window, some_posts(12))

    assert not window.is_reduced


def test_once_posts_are_refused_again_only_those_that_got_through_speak_for_the_account() -> None:
    window = window_of(25)
    clients = some_posts(12)
    throttle(window, clients)

    throttle(window, clients[:1], accepted=12)
    paced_with_as_many = window.is_reduced
    throttle(window, clients[:1], accepted=11)

    assert (paced_with_as_many, window.is_reduced) == (False, True)


def test_a_post_that_failed_in_another_way_counts_no_longer() -> None:
    window = window_of(8)

    for post in some_posts(100):
        throttle(window, [post])
        window.forget(post)

    assert not window.is_reduced


def test_a_post_counts_no_longer_only_once() -> None:
    window = window_of(5)
    posts = some_posts(5)
    throttle(window, posts[:4])

    window.forget(posts[4])
    throttle(window, posts[4:])

    assert window.is_reduced


def test_refusals_one_after_another_halve_the_window_once_a_pause() -> None:
    window = window_of(10)
    posts = some_posts(10)

    throttle(window, posts, now=0.0)
    at_once = window.size
    throttle(window, posts, now=1.0)

    assert (at_once, window.size) == (64, 32)


def test_while_pacing_any_refusal_halves_the_window() -> None:
    window = window_of(10)
    posts = some_posts(10)
    throttle(window, posts, now=0.0)
    for post in posts[1:]:
        window.forget(post)

    throttle(window, posts[:1], now=1.0)

    assert window.size == 32


def test_something_is_always_in_flight() -> None:
    window = window_of(10, max_size=2)

    for now in range(10):
        throttle(window, some_posts(10), now=float(now) * 2)

    assert window.size == 1


def test_the_window_grows_by_one_with_each_round_of_answers() -> None:
    window = window_of(10, max_size=8)
    throttle(window, some_posts(10))

    for _ in range(4 + 5):
        window.on_accepted(now=0.0)

    assert window.size == 6


def test_at_its_max_size_nothing_is_paced() -> None:
    window = window_of(10, max_size=2)
    throttle(window, some_posts(10))
    paced = window.is_reduced

    window.on_accepted(now=0.0)

    assert (paced, window.is_reduced) == (True, False)


def test_patience_begins_with_pacing_and_again_with_each_post_that_gets_through() -> None:
    window = window_of(10)

    throttle(window, some_posts(10), now=1.0)
    throttle(window, some_posts(10), now=3.0)
    without_progress = window.gives_up_at
    window.on_accepted(now=4.0)

    assert (without_progress, window.gives_up_at) == (1.0 + PATIENCE, 4.0 + PATIENCE)


@pytest.mark.parametrize(
    ("tries", "drawn", "pause"), [(1, 0.0, 0.0), (1, 0.5, 0.025), (2, 0.5, 0.05), (4, 1.0, 0.4)]
)
def test_a_pause_is_drawn_from_a_span_that_doubles(tries: int, drawn: float, pause: float) -> None:
    assert backoff(tries, 0.05, lambda: drawn) == pytest.approx(pause)
