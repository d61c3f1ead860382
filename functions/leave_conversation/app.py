"""The route `leave_conversation`."""

from chat.runtime.cold_start import start

handler = start("leave_conversation")
