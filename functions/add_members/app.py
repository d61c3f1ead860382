"""The route `add_members`."""

from chat.runtime.cold_start import init_phase

with init_phase():
    from chat.actions.add_members import add_members
    from chat.protocol.client_frames import AddMembers
    from chat.runtime.handlers import frame_handler

    handler = frame_handler(AddMembers, add_members)
