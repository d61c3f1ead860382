"""The route `list_conversations`."""

from chat.runtime.cold_start import init_phase

with init_phase():
    from chat.actions.list_conversations import list_conversations
    from chat.protocol.client_frames import ListConversations
    from chat.runtime.handlers import frame_handler

    handler = frame_handler(ListConversations, list_conversations)
