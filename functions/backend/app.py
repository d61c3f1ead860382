"""The function for the owner's backend, which invokes it directly."""

from chat.runtime.cold_start import start

handler = start("backend")
