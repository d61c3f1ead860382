"""The route `read_receipt`."""

from chat.runtime.start import start

handler = start("read_receipt")
