"""The route `authenticate`."""

from chat.runtime.cold_start import init_phase

with init_phase():
    from chat.actions.authenticate import authenticate
    from chat.protocol.client_frames import Authenticate
    from chat.runtime.handlers import frame_handler

    handler = frame_handler(Authenticate, authenticate)
