"""The route `$default`: whatever no other route takes."""

from chat.runtime.replies import unrouted

handler = unrouted
