"""The route `remove_member`."""

from chat.runtime.start import starting

with starting():
    from chat.actions.remove_member import remove_member
    from chat.protocol.client_frames import RemoveMember
    from chat.runtime.handlers import frame_handler

    handler = frame_handler(RemoveMember, remove_member)
