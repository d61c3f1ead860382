"""The route `$connect`."""

from chat.runtime.cold_start import start

handler = start("connect")
