"""What the simulated hours say: how much of each limit is asked, and at what size it is met."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import exp, log

from msgspec import Struct

from bench.crowd.hour import Asked
from bench.crowd.limits import Limit

MOST = 0.99
"""A limit is met when one second in a hundred asks for more."""


class Finding(Struct, frozen=True, kw_only=True):
    """How much of a limit crowds ask for, by their size."""

    limit: Limit
    asked: dict[int, float]
    """By people: what 99 of 100 seconds stay within."""

    @property
    def met_at(self) -> float:
        """Say how many people meet the limit; beyond the simulated sizes it is an estimate."""
        shares = {people: each / self.limit.value for people, each in self.asked.items() if each}
        sizes = list(shares.items())
        if sizes[0][1] >= 1:
            return sizes[0][0] / sizes[0][1]
        for (few, less), (many, more) in pairwise(sizes):
            if less < 1 <= more:
                return exp(log(few) + log(many / few) * log(1 / less) / log(more / less))
        people, share = sizes[-1]
        return people / share


def findings(limits: Sequence[Limit], hours: Mapping[int, Asked]) -> list[Finding]:
    """Compare hours, by their people, with the limits; the limit that is met first comes first."""
    found = [
        Finding(
            limit=limit,
            asked={people: most(asked[limit.name]) for people, asked in hours.items()},
        )
        for limit in limits
    ]
    return sorted(found, key=lambda each: each.met_at)


def most(values: Sequence[float]) -> float:
    """Give what 99 of 100 values do not exceed."""
    return sorted(values)[int(MOST * (len(values) - 1))]
