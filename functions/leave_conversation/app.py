"""The route `leave_conversation`."""

from chat.runtime.start import starting

with starting():
    from chat.actions.leave_conversation import leave_conversation
    from chat.protocol.client_frames import LeaveConversation
    from chat.runtime.handlers import frame_handler

    handler = frame_handler(LeaveConversation, leave_conversation)
