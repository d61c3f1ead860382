"""The routes that change a message: `edit_message` and `delete_message`."""

from chat.runtime.start import start

handler = start("change_message")
