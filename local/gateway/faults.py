"""Faults that a test asks for: wrong answers of `@connections`, lost pushes.

They stand in for what AWS does now and then and nobody can provoke: throttling, 5xx, silence.
"""

import random
from dataclasses import dataclass
from typing import Annotated, Literal

from msgspec import Meta

type Answer = Literal["delivered", "hang"] | Annotated[int, Meta(ge=400, le=599)]


@dataclass(slots=True)
class Fault:
    """What happens to posts instead of being delivered.

    `answer` is an HTTP status, "hang" for none at all, or "delivered" for 200 without delivery.
    `share` of the posts are hit, at most `times` of them if that is set.
    """

    answer: Answer
    share: float = 1.0
    times: int | None = None

    def strikes(self, chance: random.Random) -> bool:
        if self.times == 0 or chance.random() >= self.share:
            return False
        if self.times is not None:
            self.times -= 1
        return True


class Faults:
    """The faults in force: of one connection, or of all (under the key `*`)."""

    def __init__(self) -> None:
        self._by_connection: dict[str, Fault] = {}
        self._chance = random.Random(0)  # noqa: S311 - repeatable, not secret

    def put(self, connection_id: str, fault: Fault) -> None:
        self._by_connection[connection_id] = fault

    def clear(self) -> None:
        self._by_connection.clear()

    def next_for(self, connection_id: str) -> Answer | None:
        """Say what shall happen to this post; None is the usual."""
        if not self._by_connection:
            return None
        for key in (connection_id, "*"):
            fault = self._by_connection.get(key)
            if fault is not None and fault.strikes(self._chance):
                return fault.answer
        return None
