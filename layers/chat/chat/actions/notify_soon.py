from collections.abc import Iterable

from chat.actions.services import Services
from chat.protocol.ids import ConversationId
from chat.push.notices import Notice


def notify_soon(
    stored: dict[ConversationId, Iterable[int]],
    services: Services,
) -> None:
    """Have `notify` look at newly stored messages once somebody has had the time to read them.

    One notice for each conversation. A message that is named twice is notified once.
    """
    notices = [
        Notice(conversation_id=conversation_id, seqs=tuple(seqs))
        for conversation_id, seqs in stored.items()
    ]
    services.publisher().publish_notices(notices, services.limits.notify_seconds)
