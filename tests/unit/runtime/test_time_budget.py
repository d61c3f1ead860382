"""A function has time to answer after any pushes."""

from collections.abc import Callable, Iterable

import pytest
from msgspec.structs import replace

from chat.actions.services import Services
from chat.protocol.ids import ConnectionId
from chat.protocol.message_frames import Typing
from chat.push.limits import INLINE, QUEUED, Allowance
from chat.push.post import Outcome
from chat.runtime.handlers import connection_handler, connection_id, frame_handler, queue_handler
from chat.runtime.in_time import MARGIN_SECONDS
from tests.unit.runtime.conftest import Invocation

ALICE = ConnectionId("alice=")
EVENT = {
    "requestContext": {"routeKey": "typing", "eventType": "DISCONNECT", "connectionId": ALICE},
    "body": '{"type":"typing","conversationId":"c"}',
    "Records": [{"messageId": "1", "body": ALICE}],
}


class Hanging:
    """An endpoint where every push takes all its allowed time."""

    def __init__(self, context: Invocation) -> None:
        self._context = context
        self.allowed: list[Allowance] = []

    def push(
        self, connection_ids: Iterable[ConnectionId], frame: bytes, allowance: Allowance = INLINE
    ) -> dict[ConnectionId, Outcome]:
        del frame
        return {each: self.close_connection(each, allowance) for each in connection_ids}

    def close_connection(
        self, connection_id: ConnectionId, allowance: Allowance = INLINE
    ) -> Outcome:
        del connection_id
        self.allowed.append(allowance)
        self._context.seconds_left -= allowance.seconds
        return Outcome.FAILED


def pushes_and_closes(services: Services) -> None:
    for _ in range(3):
        services.push().push([ALICE], b"{}")
        services.push().close_connection(ALICE)


def of_a_frame(services: Services, context: Invocation) -> None:
    frame_handler(Typing, lambda *asked: pushes_and_closes(asked[2]), lambda: services)(
        EVENT, context
    )


def of_a_connection(services: Services, context: Invocation) -> None:
    handle = connection_handler(
        "DISCONNECT",
        connection_id,
        lambda _, services: pushes_and_closes(services),
        lambda: services,
    )
    handle(EVENT, context)


def of_a_queue(services: Services, context: Invocation) -> None:
    queue_handler(str, lambda _, services: pushes_and_closes(services), lambda: services)(
        EVENT, context
    )


@pytest.mark.parametrize("handled", [of_a_frame, of_a_connection, of_a_queue])
@pytest.mark.parametrize("seconds", [3.0, 10.0, 30.0])
def test_hanging_pushes_leave_a_function_time_to_answer(
    handled: Callable[[Services, Invocation], None], seconds: float, services: Services
) -> None:
    context = Invocation(seconds)
    endpoint = Hanging(context)

    handled(replace(services, push=lambda: endpoint), context)

    assert len(endpoint.allowed) == 6
    assert context.seconds_left >= MARGIN_SECONDS


def test_push_gets_its_full_allowance_while_time_remains(services: Services) -> None:
    context = Invocation(30.0)
    endpoint = Hanging(context)

    def patiently(_: str, services: Services) -> None:
        services.push().push([ALICE], b"{}", QUEUED)

    queue_handler(str, patiently, lambda: replace(services, push=lambda: endpoint))(EVENT, context)

    assert endpoint.allowed == [QUEUED]


def test_invocations_do_not_share_their_time_budget(services: Services) -> None:
    late, early = Invocation(2.0), Invocation(10.0)
    endpoint = Hanging(Invocation())
    parts = replace(services, push=lambda: endpoint)
    kept: list[Services] = []
    frame_handler(Typing, lambda *asked: kept.append(asked[2]), lambda: parts)(EVENT, late)

    frame_handler(Typing, lambda *asked: kept.append(asked[2]), lambda: parts)(EVENT, early)
    for each in kept:
        each.push().push([ALICE], b"{}")

    assert [each.seconds for each in endpoint.allowed] == [0.0, INLINE.seconds]
