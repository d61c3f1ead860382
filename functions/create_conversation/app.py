"""The route `create_conversation`."""

from chat.runtime.start import starting

with starting():
    from chat.actions.create_conversation import create_conversation
    from chat.protocol.client_frames import CreateConversation
    from chat.runtime.handlers import frame_handler

    handler = frame_handler(CreateConversation, create_conversation)
