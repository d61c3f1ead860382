"""The route `read_receipt`."""

from chat.runtime.cold_start import init_phase

with init_phase():
    from chat.actions.read_receipt import read_receipt
    from chat.protocol.client_frames import ReadReceipt
    from chat.runtime.handlers import frame_handler

    handler = frame_handler(ReadReceipt, read_receipt)
