"""The routes that change a conversation: its title, its pins, the roles in it."""

from chat.runtime.cold_start import start

handler = start("change_conversation")
