"""The relay as a Lambda handler: of the tables' streams, which only wake it, and of the sweep."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from chat.actions.relay_round import Round, find_moved
from chat.actions.services import Services
from chat.protocol.ids import ConversationId
from chat.runtime.handlers import Context, Handler
from chat.runtime.log import logger
from chat.runtime.metrics import flush_metrics
from chat.runtime.replies import Answer, Event


def relay_handler(services: Callable[[], Services]) -> Handler:
    """Handle records of a stream; anything else is a sweep, as the schedule asks for one.

    Of a stream, only the first record that failed is reported: Lambda goes on from there.
    https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
    """

    def handle(event: Event, context: Context) -> Answer:
        rounds = [
            Round(sink, services(), lambda: context.get_remaining_time_in_millis() / 1000)
            for sink in services().sinks()
        ]
        try:
            if "Records" in event:
                failed = _relay_woken(event["Records"], rounds, context)
            else:
                failed = _sweep(rounds, services(), context)
        finally:
            for each in rounds:
                each.end()
            flush_metrics()
        return {"batchItemFailures": [{"itemIdentifier": each} for each in failed[:1]]}

    return handle


def _relay_woken(records: list[dict[str, Any]], rounds: list[Round], context: Context) -> list[str]:
    failed = []
    for conversation_id, number in _conversations(records):
        for each in rounds:
            relay = partial(each.relay_woken, conversation_id)
            if not _attempt(relay, conversation_id, context):
                failed.append(number)
    return failed


def _sweep(rounds: list[Round], services: Services, context: Context) -> list[str]:
    if rounds:
        find_moved(services.sinks(), services)
    for each in rounds:
        for waits in each.due():
            _attempt(partial(each.relay_due, waits), waits.key.conversation_id, context)
        each.measure()
    return []


def _attempt(relay: Callable[[], None], conversation_id: ConversationId, context: Context) -> bool:
    """Relay a conversation; False, and it is logged, if that failed. The others are not to wait."""
    try:
        relay()
    except Exception:  # noqa: BLE001 -- every fault of ours ends here
        about = {"conversation_id": conversation_id, "reference": context.aws_request_id}
        logger().exception("failed", extra=about)
        return False
    return True


def _conversations(records: Sequence[Mapping[str, Any]]) -> Iterator[tuple[ConversationId, str]]:
    """Name each conversation once, with the sequence number of its first record."""
    seen = set()
    for record in records:
        keys = record["dynamodb"]["Keys"]
        conversation_id = ConversationId(keys["conversation_id"]["S"])
        if conversation_id not in seen:
            seen.add(conversation_id)
            yield conversation_id, record["dynamodb"]["SequenceNumber"]
