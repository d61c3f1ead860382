"""The routes that change a message: `edit_message` and `delete_message`."""

from chat.runtime.cold_start import start

handler = start("change_message")
