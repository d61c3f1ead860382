"""The route `sign_out`."""

from chat.runtime.cold_start import init_phase

with init_phase():
    from chat.actions.sign_out import sign_out
    from chat.protocol.client_frames import SignOut
    from chat.runtime.handlers import frame_handler

    handler = frame_handler(SignOut, sign_out)
