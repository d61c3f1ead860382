"""The route `typing`."""

from chat.runtime.cold_start import init_phase

with init_phase():
    from chat.actions.typing import typing
    from chat.protocol.client_frames import Typing
    from chat.runtime.handlers import frame_handler

    handler = frame_handler(Typing, typing)
