"""The route `remove_member`."""

from chat.runtime.start import start

handler = start("remove_member")
