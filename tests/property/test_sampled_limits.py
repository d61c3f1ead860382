"""What sampled counting accepts and rejects: by computation and by trial.

`docs/decisions/0012-sampled-limits.md` states these numbers.
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
    """Compute the probability that one of so many frames in a minute is rejected."""
    stride = max(1, limit // SAMPLES_PER_WINDOW)
    most = min(limit // stride, frames)
    p = 1 / stride
    return 1 - sum(comb(frames, n) * p**n * (1 - p) ** (frames - n) for n in range(most + 1))


def refused(simulation: Simulation, person: Person, frames: int, seed: int) -> bool:
    """Send so many frames in a minute; a seeded generator chooses those that count."""
    chance = Random(seed).random  # noqa: S311 -- the same each time, on purpose
    simulation.services = replace(simulation.with_limits(typing_per_minute=LIMIT), random=chance)
    client = person.logs_in()
    conversation = client.creates()
    typing = {"type": "typing", "conversationId": conversation}
    return any(simulation.send(client.connection_id, typing) for _ in range(frames))


@each_limit
def test_rate_at_a_third_of_the_limit_is_almost_never_rejected(limit: int) -> None:
    likelihood = chance_of_refusal(limit // 3, limit)

    assert likelihood < 1e-5


@each_limit
def test_rate_at_twice_the_limit_is_almost_always_rejected(limit: int) -> None:
    likelihood = 1 - chance_of_refusal(limit * 2, limit)

    assert likelihood < 1e-3


@pytest.mark.parametrize("limit", range(1, 2 * SAMPLES_PER_WINDOW))
def test_limits_below_forty_are_exact(limit: int) -> None:
    likelihoods = chance_of_refusal(limit, limit), chance_of_refusal(limit + 1, limit)

    assert likelihoods == (0, 1)


@pytest.mark.parametrize("seed", range(5))
def test_connection_at_a_third_of_the_limit_is_not_rejected(
    simulation: Simulation, alice: Person, seed: int
) -> None:
    assert not refused(simulation, alice, LIMIT // 3, seed)


@pytest.mark.parametrize("seed", range(5))
def test_connection_at_twice_the_limit_is_rejected(
    simulation: Simulation, alice: Person, seed: int
) -> None:
    assert refused(simulation, alice, LIMIT * 2, seed)
