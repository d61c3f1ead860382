"""A function that a table's stream wakes, and that then takes messages of its own queue."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping

from chat.actions.services import Services
from chat.protocol.ids import ConversationId
from chat.runtime.handlers import Context, Handler
from chat.runtime.replies import Answer, Event

type Stored = dict[ConversationId, Iterable[int]]


def stream_or_queue_handler(
    act: Callable[[Stored, Services], None], queue: Handler, services: Callable[[], Services]
) -> Handler:
    """Handle records of a stream by their numbers; messages of a queue as the other handler does.

    A batch of a stream that fails raises, and Lambda brings the whole of it again.
    """

    def handle(event: Event, context: Context) -> Answer:
        records = event["Records"]
        if "dynamodb" not in records[0]:
            return queue(event, context)
        act(_numbers(records), services())
        return {"batchItemFailures": []}

    return handle


def _numbers(
    records: Iterable[Mapping[str, Mapping[str, Mapping[str, Mapping[str, str]]]]],
) -> Stored:
    """Collect the numbers of messages by conversation: only their keys are needed."""
    numbers: defaultdict[ConversationId, list[int]] = defaultdict(list)
    for record in records:
        keys = record["dynamodb"]["Keys"]
        numbers[ConversationId(keys["conversation_id"]["S"])].append(int(keys["seq"]["N"]))
    return dict(numbers)
