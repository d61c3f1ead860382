"""The route `$disconnect`."""

from chat.runtime.cold_start import start

handler = start("disconnect")
