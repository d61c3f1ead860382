"""The routes `request_upload` and `get_attachments`."""

from chat.runtime.cold_start import start

handler = start("file_addresses")
