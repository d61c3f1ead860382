"""The route `$default`: whatever no other route takes."""

from chat.runtime.unrouted import unrouted_handler

handler = unrouted_handler
