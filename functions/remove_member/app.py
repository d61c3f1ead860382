"""The route `remove_member`."""

from chat.runtime.cold_start import init_phase

with init_phase():
    from chat.actions.remove_member import remove_member
    from chat.protocol.client_frames import RemoveMember
    from chat.runtime.handlers import frame_handler

    handler = frame_handler(RemoveMember, remove_member)
