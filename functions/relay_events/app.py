"""What sends events to the owner's systems, woken by the tables' streams and by a schedule."""

from chat.runtime.cold_start import start

handler = start("relay_events")
