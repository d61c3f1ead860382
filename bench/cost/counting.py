"""What the price list counts: the real handlers, over moto's tables."""

from collections.abc import Sequence

from bench.growth import Work, authenticating, by_room

ROOMS = (2, 10, 100, 1_000, 10_000)
CONVERSATIONS = (50,)


def count(rooms: Sequence[int] = ROOMS) -> dict[str, dict[int, Work]]:
    """Count each frame by its room, and authenticating by one's conversations."""
    by_frame = {title.split(",")[0]: sizes for title, sizes in by_room(rooms).items()}
    return {**by_frame, "authenticate": authenticating(CONVERSATIONS)}
