"""Amounts to dollars, by the tiers of the list."""

import tomllib
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct, structs

from bench.cost.usage import Usage

FOLDER = Path(__file__).parent


class Tier(Struct, frozen=True):
    """A price for what comes over an amount."""

    over: float
    usd: float


class Price(Struct, frozen=True):
    """A price for so many, by tiers."""

    what: str
    source: str
    per: float
    tiers: list[Tier]

    def of(self, amount: float) -> float:
        return tiered(amount, self.tiers) / self.per


def tiered(amount: float, tiers: list[Tier]) -> float:
    """Price each part of an amount by its own tier."""
    ends = [*(tier.over for tier in tiers[1:]), float("inf")]
    return sum(
        (min(amount, end) - tier.over) * tier.usd
        for tier, end in zip(tiers, ends, strict=True)
        if amount > tier.over
    )


def read(name: str) -> dict[str, Any]:
    """Read one of the data files."""
    return tomllib.loads((FOLDER / name).read_text())


def aws_prices() -> dict[str, Price]:
    return msgspec.convert(read("prices.toml")["aws"], dict[str, Price])


def bill(usage: Usage) -> dict[str, float]:
    """Price an amount of everything, line by line."""
    prices = aws_prices()
    return {name: prices[name].of(amount) for name, amount in structs.asdict(usage).items()}


def dollars(usage: Usage) -> float:
    return sum(bill(usage).values())
