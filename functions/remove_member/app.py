"""The route `remove_member`."""

from chat.runtime.cold_start import start

handler = start("remove_member")
