"""The route `list_members`."""

from chat.runtime.start import start

handler = start("list_members")
