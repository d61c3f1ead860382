"""The route `authenticate`."""

from chat.runtime.start import start

handler = start("authenticate")
