"""What counting by samples lets through, and whom it refuses: by the numbers, and by trying.

The decision about it, `docs/decisions/0012-sampled-limits.md`, tells the numbers that hold here.
"""

from copy import replace
from math import comb
from random import Random

import pytest

from chat.actions.rate_limits import SAMPLES_PER_WINDOW
from testing.people import Person
from testing.simulation import Simulation

LIMITS = (40, 60, 100, 240, 600, 6_000)
LIMIT = 240

each_limit = pytest.mark.parametrize("limit", LIMITS)


def chance_of_refusal(frames: int, limit: int) -> float:
    """Compute how likely one of so many frames in a minute is refused."""
    stride = max(1, limit // SAMPLES_PER_WINDOW)
    most = min(limit // stride, frames)
    p = 1 / stride
    return 1 - sum(comb(frames, n) * p**n * (1 - p) ** (frames - n) for n in range(most + 1))


def refused(simulation: Simulation, person: Person, frames: int, seed: int) -> bool:
    """Send so many frames in a minute, of which a seeded chance chooses those that count."""
    chance = Random(seed).random  # noqa: S311 -- the same each time, on purpose
    simulation.services = replace(simulation.with_limits(typing_per_minute=LIMIT), random=chance)
    client = person.arrives()
    conversation = client.creates()
    typing = {"type": "typing", "conversationId": conversation}
    return any(simulation.send(client.connection_id, typing) for _ in range(frames))


@each_limit
def test_a_third_of_the_limit_is_refused_less_than_once_in_a_hundred_thousand(limit: int) -> None:
    likelihood = chance_of_refusal(limit // 3, limit)

    assert likelihood < 1e-5


@each_limit
def test_twice_the_limit_passes_less_than_once_in_a_thousand(limit: int) -> None:
    likelihood = 1 - chance_of_refusal(limit * 2, limit)

    assert likelihood < 1e-3


@pytest.mark.parametrize("limit", range(1, 2 * SAMPLES_PER_WINDOW))
def test_below_forty_a_limit_is_exact(limit: int) -> None:
    likelihoods = chance_of_refusal(limit, limit), chance_of_refusal(limit + 1, limit)

    assert likelihoods == (0, 1)


@pytest.mark.parametrize("seed", range(5))
def test_who_sends_a_third_of_the_limit_is_let_through(
    simulation: Simulation, alice: Person, seed: int
) -> None:
    assert not refused(simulation, alice, LIMIT // 3, seed)


@pytest.mark.parametrize("seed", range(5))
def test_who_sends_twice_the_limit_is_found(
    simulation: Simulation, alice: Person, seed: int
) -> None:
    assert refused(simulation, alice, LIMIT * 2, seed)
