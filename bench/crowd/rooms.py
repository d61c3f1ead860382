"""The conversations of a crowd: many small ones and a few very big ones."""

from collections.abc import Iterator
from math import exp, sqrt
from random import Random

from msgspec import Struct

SMALLEST, BIGGEST = 2, 10_000
TAIL = 1.7
"""The exponent of the bounded Pareto distribution of sizes. The conversation in which a message is
sent then has ten live connections on average, as `assumptions.toml` says."""
BIG = 500
"""What `BigRoomConnections` and `InlinePushLimit` say."""
_NORMAL_FROM = 50


class Pareto(Struct, frozen=True):
    """A bounded Pareto distribution.

    https://en.wikipedia.org/wiki/Pareto_distribution#Bounded_Pareto_distribution
    """

    tail: float
    low: float
    high: float

    def above(self, size: float) -> float:
        """Give the probability of more than a size."""
        return float((self.low / size) ** self.tail - 1 + self._scale) / self._scale

    def draw(self, chance: float) -> float:
        """Give the size that a number between 0 and 1 stands for."""
        return float(self.low * (1 - chance * self._scale) ** (-1 / self.tail))

    def mean(self, power: float) -> float:
        """Give the mean of the sizes raised to a power."""
        factor = self.tail * self.low**self.tail / self._scale / (self.tail - power)
        return float(factor * (self.low ** (power - self.tail) - self.high ** (power - self.tail)))

    @property
    def _scale(self) -> float:
        return float(1 - (self.low / self.high) ** self.tail)


SIZES = Pareto(TAIL, SMALLEST, BIGGEST)
SPOKEN_IN = Pareto(TAIL - 0.5, SMALLEST, BIGGEST)
"""The sizes weighted by how much is said. A conversation of four times the members says twice as
much, so each of them says half as much."""


class Rooms(Struct, frozen=True):
    """The conversations of so many people. Those that are big are listed."""

    number: float
    big: list[int]
    messages_a_second: float

    @classmethod
    def of(cls, people: int, conversations_each: float, messages_a_second: float) -> "Rooms":
        """Give people their conversations, with live connections only."""
        number = people * conversations_each / SIZES.mean(1)
        expected = round(number * SIZES.above(BIG))
        share = SIZES.above(BIG)
        sizes = (SIZES.draw(1 - share * (at + 0.5) / expected) for at in range(expected))
        return cls(number, [min(round(each), people) for each in sizes], messages_a_second)

    def rate(self, size: float) -> float:
        """Give how many messages a second one conversation of a size has."""
        return self.messages_a_second * sqrt(size) / (self.number * SIZES.mean(0.5))

    @property
    def small_messages_a_second(self) -> float:
        return self.messages_a_second - sum(map(self.rate, self.big))

    def small_sizes(self, number: int, random: Random) -> Iterator[int]:
        """Draw the sizes of the small conversations in which so many messages are sent."""
        small = 1 - SPOKEN_IN.above(BIG)
        for _ in range(number):
            yield round(SPOKEN_IN.draw(random.random() * small))


def poisson(mean: float, random: Random) -> int:
    """Draw how many events there are, of which so many are expected."""
    if mean > _NORMAL_FROM:
        return max(0, round(random.gauss(mean, sqrt(mean))))
    left, number = exp(-mean), 0
    product = random.random()
    while product > left:
        number += 1
        product *= random.random()
    return number
