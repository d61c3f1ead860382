"""The route `create_conversation`."""

from chat.runtime.cold_start import start

handler = start("create_conversation")
