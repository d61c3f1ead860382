"""The route `leave_conversation`."""

from chat.runtime.cold_start import init_phase

with init_phase():
    from chat.actions.leave_conversation import leave_conversation
    from chat.protocol.client_frames import LeaveConversation
    from chat.runtime.handlers import frame_handler

    handler = frame_handler(LeaveConversation, leave_conversation)
