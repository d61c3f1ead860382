"""The route `sign_out`."""

from chat.runtime.cold_start import start

handler = start("sign_out")
