"""A crowd that lost its connections comes back as fast as the limits let it."""

import re
from pathlib import Path

import pytest

from bench.crowd.reconnection import Bucket, Hiccup, Return, come_back

ROSTER_ROWS = 2
"""Write units of a row within a transaction."""
CLIENTS = Path(__file__).parents[4] / "clients"


def back(people: int, **limits: float) -> Return:
    return come_back(Hiccup(people=people, **limits), seed=1)  # type: ignore[arg-type]  # numbers


def test_limit_gives_a_seconds_worth_at_once_and_the_rest_at_its_rate() -> None:
    bucket = Bucket(units_a_second=10)

    taken = [bucket.take(5, at) for at in (0, 0, 0, 0.5, 0.5, 60, 60, 60)]

    assert taken == [True, True, False, True, False, True, True, False]


def test_few_people_are_back_within_the_first_pause() -> None:
    found = back(10)

    assert found.all_seconds <= 1.0 + Hiccup().handshake_seconds
    assert (found.attempts, found.not_authenticated) == (1, 0)


def test_gateway_opens_no_more_connections_than_its_limit() -> None:
    found = back(2_000, connections_a_second=100, roster_units_a_second=1e9)

    # A hundred are let in at once.
    assert found.all_seconds >= (2_000 - 100) / 100
    assert found.attempts > 1
    assert found.not_authenticated == 0


def test_table_authenticates_no_more_people_than_its_units() -> None:
    a_second = ROSTER_ROWS * 20 * 50

    found = back(1_000, connections_a_second=1e9, roster_units_a_second=a_second)

    assert found.all_seconds >= (1_000 - 50) / 50
    assert found.not_authenticated > 0


@pytest.mark.parametrize("people", [5_000, 20_000])
def test_pauses_of_thirty_seconds_delay_a_crowd_hardly_beyond_the_limit(people: int) -> None:
    found = back(people, roster_units_a_second=1e9)

    assert found.most_seconds <= people / 500 + 30


def test_same_seed_gives_the_same_return() -> None:
    assert back(500, connections_a_second=50) == back(500, connections_a_second=50)


def test_everybody_comes_back() -> None:
    found = back(500, connections_a_second=50)

    assert len(found.back_at) == 500
    assert found.back_at == sorted(found.back_at)


def test_simulated_clients_pause_as_long_as_the_real_ones() -> None:
    hiccup = Hiccup()

    web = (
        number_after("web/src/timing.js", "backoffBase:"),
        number_after("web/src/timing.js", "backoffCap:"),
    )
    python = "python/src/parley_client/timing.py"
    base = number_after(python, "backoff_base_seconds: float =")
    cap = number_after(python, "backoff_cap_seconds: float =")

    assert (base, cap) == (hiccup.backoff_base_seconds, hiccup.backoff_cap_seconds)
    assert web == (base * 1_000, cap * 1_000)


def number_after(file: str, words: str) -> float:
    found = re.search(rf"{re.escape(words)} *([\d_.]+)", (CLIENTS / file).read_text())
    assert found, f"{file} has no {words}"
    return float(found[1])
