"""The route `chat_message`."""

from chat.runtime.cold_start import init_phase

with init_phase():
    from chat.actions.chat_message import chat_message
    from chat.protocol.client_frames import ChatMessage
    from chat.runtime.handlers import frame_handler

    handler = frame_handler(ChatMessage, chat_message)
