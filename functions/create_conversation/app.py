"""The route `create_conversation`."""

from chat.runtime.start import start

handler = start("create_conversation")
