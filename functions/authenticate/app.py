"""The route `authenticate`."""

from chat.runtime.start import starting

with starting():
    from chat.actions.authenticate import authenticate
    from chat.protocol.client_frames import Authenticate
    from chat.runtime.handlers import frame_handler

    handler = frame_handler(Authenticate, authenticate)
