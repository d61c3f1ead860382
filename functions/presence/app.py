"""The consumer of the queue of looks at who is online."""

from chat.runtime.cold_start import start

handler = start("presence")
