"""The route `chat_message`."""

from chat.runtime.cold_start import start

handler = start("chat_message")
