"""The route `leave_conversation`."""

from chat.runtime.start import start

handler = start("leave_conversation")
