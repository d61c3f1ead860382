"""The consumer of the queue that `$connect` fills for `greet`."""

from chat.runtime.cold_start import start

handler = start("greet")
