"""Ids in the form that API Gateway gives them."""

import base64
import secrets

_ID_BYTES = 11
_ID_CHARACTERS = 16
_KIND = 8
"""Where an id says what it is of: 2 in every connection's that was seen, else in a request's."""

_CONNECTION = 2


def new_id() -> str:
    """Make an id of a message or request: 16 characters, the last one `=`."""
    return base64.urlsafe_b64encode(secrets.token_bytes(_ID_BYTES)).decode()


def new_connection_id() -> str:
    """Make an id of a connection, which has the same form and a byte of its own."""
    raw = bytearray(secrets.token_bytes(_ID_BYTES))
    raw[_KIND] = _CONNECTION
    return base64.urlsafe_b64encode(raw).decode()


def has_form_of_a_connection_id(text: str) -> bool:
    """Tell ids that may have existed (410 when gone) from strings that never could (400)."""
    try:
        raw = base64.urlsafe_b64decode(text)
    except ValueError:
        return False
    return len(text) == _ID_CHARACTERS and len(raw) == _ID_BYTES and raw[_KIND] == _CONNECTION
