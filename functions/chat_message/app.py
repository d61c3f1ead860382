"""The route `chat_message`."""

from chat.runtime.start import starting

with starting():
    from chat.actions.chat_message import chat_message
    from chat.protocol.client_frames import ChatMessage
    from chat.runtime.handlers import frame_handler

    handler = frame_handler(ChatMessage, chat_message)
