"""The route `typing`."""

from chat.runtime.start import starting

with starting():
    from chat.actions.typing import typing
    from chat.protocol.client_frames import Typing
    from chat.runtime.handlers import frame_handler

    handler = frame_handler(Typing, typing)
