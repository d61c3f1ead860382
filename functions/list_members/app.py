"""The route `list_members`."""

from chat.runtime.cold_start import init_phase

with init_phase():
    from chat.actions.list_members import list_members
    from chat.protocol.client_frames import ListMembers
    from chat.runtime.handlers import frame_handler

    handler = frame_handler(ListMembers, list_members)
