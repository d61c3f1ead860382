"""The route `heartbeat`."""

from chat.runtime.cold_start import init_phase

with init_phase():
    from chat.actions.heartbeat import heartbeat
    from chat.protocol.client_frames import Heartbeat
    from chat.runtime.handlers import frame_handler

    handler = frame_handler(Heartbeat, heartbeat)
