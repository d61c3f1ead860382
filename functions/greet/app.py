"""The consumer of the queue that `$connect` fills for `greet`."""

from chat.runtime.start import start

handler = start("greet")
