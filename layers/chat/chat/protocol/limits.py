"""The limits of the wire, each with where it comes from."""

MAX_FRAME_BYTES = 32_768
"""API Gateway's WebSocket frame quota, which is fixed.

https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html
"""

FRAME_HEADROOM_BYTES = 1_024
"""What a `history` page needs around its messages: envelope, request id, conversation id."""

MAX_MESSAGE_BYTES = MAX_FRAME_BYTES - FRAME_HEADROOM_BYTES
"""How long a message may be once encoded, so that a page of `history` can always carry it."""

MAX_CONTENT_BYTES = 16_384
"""The content of one message, in bytes of UTF-8."""

MAX_CONNECTION_SECONDS = 2 * 60 * 60
"""API Gateway closes a connection after two hours, whatever happens on it (the same page)."""

MAX_JSON_INTEGER = 2**53 - 1
"""The largest integer that every JSON implementation keeps exactly (RFC 8259, section 6)."""

TYPING_EXPIRES_SECONDS = 6
"""How long a client shows that somebody is typing without hearing it again."""

MAX_ID = 128
MAX_ENDPOINT = 2048
"""The address of a device at its push service, in characters."""

MAX_REACTION_BYTES = 32
"""One reaction, in bytes of UTF-8."""

MAX_FILE_NAME_BYTES = 255
"""The name of a file once it is cleaned, in bytes of UTF-8, as most file systems allow."""

MAX_PICTURE_BYTES = 3_072
"""The picture of a user: with it, all that is stored of how the user is shown is one read unit."""

MAX_PASSWORD = 256
MAX_TITLE = 128
MAX_DISPLAY_NAME = 64
MAX_REASON = 500
MAX_SEARCH_TEXT = 128
"""Characters, counted once they are composed."""

MAX_DECOMPOSED = 4
"""Into how many characters NFD takes a composed one apart at most.

https://www.unicode.org/faq/normalization.html#12
"""
