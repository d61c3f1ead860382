"""Devices and their push service, in memory."""

import json
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from chat.push.web_push import Recipient
from chat.push.web_push_outcomes import Outcome, Result, Urgency
from testing.steps import Place, Step, Steps

type Notification = dict[str, Any]


class FakeDevices:
    """Delivers every message that a test lets it accept."""

    def __init__(self, steps: Steps) -> None:
        self._steps = steps
        self.received: dict[str, list[Notification]] = defaultdict(list)
        """By the address of the device."""
        self.tried: list[tuple[str, Notification, Result]] = []
        self.topics: dict[str, set[str]] = defaultdict(set)
        self.urgencies: list[Urgency] = []
        self.fault: Callable[[str], Result | None] = lambda _: None

    def send(self, to: Recipient, message: bytes, about: str, urgency: Urgency) -> Result:
        place = Place("devices", to.endpoint, None, is_written=True)
        with self._steps.taking(Step("notify", (place,))):
            notification = json.loads(message)
            result = self.fault(to.endpoint) or Result(Outcome.SENT)
            self.tried.append((to.endpoint, notification, result))
            self.topics[to.endpoint].add(about)
            self.urgencies.append(urgency)
            if result.outcome in (Outcome.SENT, Outcome.UNKNOWN):
                self.received[to.endpoint].append(notification)
            return result

    def shown(self, endpoint: str) -> dict[str, Notification]:
        """Give the notifications that a device shows by their tags, as a service worker would."""
        shown = {}
        for each in self.received[endpoint]:
            if each["type"] == "message":
                shown[each["tag"]] = each
            elif shown.get(each["conversation_id"], {"seq": 0})["seq"] <= each["up_to_seq"]:
                shown.pop(each["conversation_id"], None)
        return shown

    def clear(self) -> None:
        """Forget everything."""
        self.received.clear()
        self.tried.clear()
        self.topics.clear()
        self.urgencies.clear()
