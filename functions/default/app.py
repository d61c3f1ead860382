"""The route `$default`: all frames that no other route takes."""

from chat.runtime.replies import unrouted

handler = unrouted
