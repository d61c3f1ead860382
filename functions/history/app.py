"""The route `history`."""

from chat.runtime.start import starting

with starting():
    from chat.actions.history import history
    from chat.protocol.client_frames import History
    from chat.runtime.handlers import frame_handler

    handler = frame_handler(History, history)
