"""The routes of how users are shown, and of the directory."""

from chat.runtime.cold_start import start

handler = start("profiles")
