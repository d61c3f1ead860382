"""The route `add_members`."""

from chat.runtime.cold_start import start

handler = start("add_members")
