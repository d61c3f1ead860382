"""Something that happens in the middle of something else: just before one of its requests."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tests.world.world import World


@contextmanager
def before(
    world: World,
    operation: str,
    happens: Callable[[], object],
    *,
    skipping: int = 0,
    times: int = 1,
) -> Iterator[None]:
    """Let something happen before the next request of an operation, such as `PutItem`.

    Args:
        world: where it happens.
        operation: the request's name in DynamoDB's API.
        happens: what happens; its own requests do not count.
        skipping: how many requests pass undisturbed at first.
        times: before how many requests it then happens.
    """
    moments = iter([False] * skipping + [True] * times)
    busy = False

    def disturb(**_: object) -> None:
        nonlocal busy
        if busy or not next(moments, False):
            return
        busy = True
        try:
            happens()
        finally:
            busy = False

    events = world.dynamodb.meta.events
    events.register_first(f"before-call.dynamodb.{operation}", disturb)
    try:
        yield
    finally:
        events.unregister(f"before-call.dynamodb.{operation}", disturb)
