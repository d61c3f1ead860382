from chat.actions.authorization import authorize_member
from chat.actions.broadcast import broadcast
from chat.actions.services import Services
from chat.actions.speaking import require_not_muted
from chat.protocol.ids import ConnectionId
from chat.protocol.limits import TYPING_EXPIRES_SECONDS
from chat.protocol.message_frames import Typing
from chat.protocol.server_messages import TypingEvent, TypingEventData


def typing(frame: Typing, connection_id: ConnectionId, services: Services) -> None:
    """Push to the other members that the user is typing, unless the room is big.

    Raises:
        Muted
    """
    authorized = authorize_member("typing", frame.conversation_id, connection_id, services)
    if not authorized.roster.is_whole:
        return
    typist = authorized.entry
    require_not_muted(typist, services.now_ms())
    shown = TypingEvent(
        data=TypingEventData(
            frame.conversation_id,
            typist.user_id,
            typist.username,
            frame.data.is_typing,
            TYPING_EXPIRES_SECONDS,
        )
    )
    broadcast(shown, frame.conversation_id, authorized.roster.of_others(typist.user_id), services)
