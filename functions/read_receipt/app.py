"""The route `read_receipt`."""

from chat.runtime.start import starting

with starting():
    from chat.actions.read_receipt import read_receipt
    from chat.protocol.client_frames import ReadReceipt
    from chat.runtime.handlers import frame_handler

    handler = frame_handler(ReadReceipt, read_receipt)
