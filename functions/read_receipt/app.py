"""The route `read_receipt`."""

from chat.runtime.cold_start import start

handler = start("read_receipt")
