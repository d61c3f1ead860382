"""The route `$connect`."""

from chat.runtime.start import start

handler = start("connect")
