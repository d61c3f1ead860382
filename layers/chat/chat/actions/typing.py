from chat.actions.admission import admit
from chat.actions.chat import Chat
from chat.actions.delivery import deliver
from chat.protocol.client_frames import Typing
from chat.protocol.ids import ConnectionId
from chat.protocol.limits import TYPING_EXPIRES_SECONDS
from chat.protocol.server_frames import TypingShown, TypingShownData


def typing(frame: Typing, connection_id: ConnectionId, chat: Chat) -> None:
    """Show the other members that somebody is typing, unless the room is a big one."""
    admitted = admit("typing", frame.conversation_id, connection_id, chat)
    if not admitted.roster.is_whole:
        return
    typist = admitted.entry
    shown = TypingShown(
        data=TypingShownData(
            frame.conversation_id,
            typist.user_id,
            typist.username,
            frame.data.is_typing,
            TYPING_EXPIRES_SECONDS,
        )
    )
    deliver(shown, frame.conversation_id, admitted.roster.of_others(typist.user_id), chat)
