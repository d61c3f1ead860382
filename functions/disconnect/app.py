"""The route `$disconnect`."""

from chat.runtime.start import start

handler = start("disconnect")
