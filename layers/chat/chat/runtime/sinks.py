"""The sinks that a deployment's settings name."""

import time
from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING

from chat.actions.services import Sink
from chat.push.endpoint import default_tls
from chat.push.event_bus import EventBus, make_client
from chat.push.public_addresses import is_public
from chat.push.webhook import Webhook, WebhookUrl
from chat.runtime.secret_keys import read_keys
from chat.runtime.settings import Settings

if TYPE_CHECKING:
    from botocore.session import Session

KEYS_LAST_SECONDS = 300
"""How long after a rotation requests may still lack the new key's signature."""


def event_sinks(settings: Settings, session: "Session") -> list[Sink]:
    """Make the sinks: an event bus, a webhook, both or none.

    Raises:
        ValueError: the webhook's address is not one.
    """
    sinks: list[Sink] = []
    if settings.event_bus:
        client = partial(make_client, settings.aws_region, session)
        sinks.append(EventBus(settings.event_bus, settings.event_source, client))
    if settings.webhook_url:
        sinks.append(_webhook(settings, session))
    return sinks


def _webhook(settings: Settings, session: "Session") -> Webhook:
    may_be_local = bool(settings.webhook_may_be_local)

    def read() -> Iterable[bytes]:
        _, keys = read_keys(settings.webhook_secret_id, settings.aws_region, session)
        return keys.values()

    return Webhook(
        WebhookUrl.parse(settings.webhook_url, may_be_plain=may_be_local),
        lasting(read, KEYS_LAST_SECONDS, time.monotonic),
        settings.event_source,
        # The consumer's certificate may be of any authority, not only of Amazon's.
        default_tls,
        lambda: time.time_ns() // 1_000_000,
        permits=(lambda _: True) if may_be_local else is_public,
    )


def lasting[T](
    read: Callable[[], T], seconds: float, monotonic: Callable[[], float]
) -> Callable[[], T]:
    """Read a value again only after so many seconds."""
    known: list[tuple[float, T]] = []

    def get() -> T:
        now = monotonic()
        if not known or now - known[0][0] >= seconds:
            known[:] = [(now, read())]
        return known[0][1]

    return get
