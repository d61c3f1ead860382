"""The route `chat_message`."""

from chat.runtime.start import start

handler = start("chat_message")
