"""The route `typing`."""

from chat.runtime.start import start

handler = start("typing")
