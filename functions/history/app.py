"""The route `history`."""

from chat.runtime.cold_start import init_phase

with init_phase():
    from chat.actions.history import history
    from chat.protocol.client_frames import History
    from chat.runtime.handlers import frame_handler

    handler = frame_handler(History, history)
