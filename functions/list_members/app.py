"""The route `list_members`."""

from chat.runtime.start import starting

with starting():
    from chat.actions.list_members import list_members
    from chat.protocol.client_frames import ListMembers
    from chat.runtime.handlers import frame_handler

    handler = frame_handler(ListMembers, list_members)
