"""What others list for carrying the same frames.

They carry frames. Storing messages, membership, unread counts and who may read what would still be
a backend of one's own, which is not in their price here.
"""

from typing import Any

import msgspec

from bench.cost.month import HOURS, MINUTES
from bench.cost.prices import Tier, read, tiered

DAYS = HOURS / 24


def message_million(room: int) -> dict[str, float]:
    """Price a million frames to a room, in dollars, at the first tier.

    All count a frame once as it comes in, and once for each other who gets it.
    """
    prices = read("prices.toml")
    pubnub, ably = prices["pubnub"], prices["ably"]
    return {
        "Ably": room * ably["messages"][0]["usd"],
        "PubNub": (pubnub["replicated"] + (room - 1) * pubnub["edge"]) * 1e6,
        "AppSync Events": room * prices["appsync_events"]["operations"],
    }


def month(users: float, person: dict[str, float]) -> dict[str, float | None]:
    """Price a month of so many people who are online; None where no plan is large enough."""
    prices = read("prices.toml")
    frames = person["messages"] * (1 + person["typing_a_message"]) + person["receipts"]
    published = users * frames * HOURS
    messages = published * person["room"]
    minutes = users * MINUTES
    channels = minutes * person["conversations"] / person["room"]
    return {
        "Ably": _ably(prices["ably"], messages, minutes, channels),
        "PubNub": published
        * (prices["pubnub"]["replicated"] + (person["room"] - 1) * prices["pubnub"]["edge"]),
        "Pusher": _pusher(prices["pusher"]["plans"], users, messages / DAYS),
        "AppSync Events": (
            messages * prices["appsync_events"]["operations"]
            + minutes * prices["appsync_events"]["connection_minutes"]
        )
        / prices["appsync_events"]["per"],
    }


def _ably(prices: dict[str, Any], messages: float, minutes: float, channels: float) -> float:
    by_message = msgspec.convert(prices["messages"], list[Tier])
    by_minute = msgspec.convert(prices["minutes"], list[Tier])
    used = tiered(messages, by_message) + tiered(minutes, by_minute) + tiered(channels, by_minute)
    return float(prices["month"] + used / prices["per"])


def _pusher(plans: list[dict[str, float]], users: float, messages_a_day: float) -> float | None:
    large_enough = (
        plan["usd"]
        for plan in plans
        if plan["connections"] >= users and plan["messages_a_day"] >= messages_a_day
    )
    return next(large_enough, None)
