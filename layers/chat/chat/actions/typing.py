from chat.actions.authorization import authorize_member
from chat.actions.broadcast import broadcast
from chat.actions.services import Services
from chat.protocol.client_frames import Typing
from chat.protocol.ids import ConnectionId
from chat.protocol.limits import TYPING_EXPIRES_SECONDS
from chat.protocol.server_frames import TypingEvent, TypingEventData


def typing(frame: Typing, connection_id: ConnectionId, services: Services) -> None:
    """Show the other members that somebody is typing, unless the room is a big one."""
    admitted = authorize_member("typing", frame.conversation_id, connection_id, services)
    if not admitted.roster.is_whole:
        return
    typist = admitted.entry
    shown = TypingEvent(
        data=TypingEventData(
            frame.conversation_id,
            typist.user_id,
            typist.username,
            frame.data.is_typing,
            TYPING_EXPIRES_SECONDS,
        )
    )
    broadcast(shown, frame.conversation_id, admitted.roster.of_others(typist.user_id), services)
