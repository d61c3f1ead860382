"""The route `create_conversation`."""

from chat.runtime.cold_start import init_phase

with init_phase():
    from chat.actions.create_conversation import create_conversation
    from chat.protocol.client_frames import CreateConversation
    from chat.runtime.handlers import frame_handler

    handler = frame_handler(CreateConversation, create_conversation)
