"""The route `list_members`."""

from chat.runtime.cold_start import start

handler = start("list_members")
