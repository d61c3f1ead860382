"""The route `add_members`."""

from chat.runtime.start import start

handler = start("add_members")
