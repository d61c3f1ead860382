"""The routes by which users say where and of what they are notified."""

from chat.runtime.cold_start import start

handler = start("notifications")
