"""The route `sign_out`."""

from chat.runtime.start import start

handler = start("sign_out")
