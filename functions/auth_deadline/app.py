"""The consumer of the queue that `$connect` fills for `auth_deadline`."""

from chat.runtime.cold_start import start

handler = start("auth_deadline")
