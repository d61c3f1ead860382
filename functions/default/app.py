"""The route `$default`: whatever no other route takes."""

from chat.runtime.handlers import unrouted_handler

handler = unrouted_handler
