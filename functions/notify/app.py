"""The consumer of the stream of messages, and of the queue in which it has them wait."""

from chat.runtime.cold_start import start

handler = start("notify")
