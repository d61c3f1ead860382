"""Ids in the form that API Gateway gives them."""

import base64
import secrets

_ID_BYTES = 11
_ID_CHARACTERS = 16


def new_id() -> str:
    """Make an id of a connection, message or request: 16 characters, the last one `=`."""
    return base64.urlsafe_b64encode(secrets.token_bytes(_ID_BYTES)).decode()


def has_form_of_an_id(text: str) -> bool:
    """Tell ids that may have existed (410 when gone) from strings that never could (400)."""
    try:
        base64.urlsafe_b64decode(text)
    except ValueError:
        return False
    return len(text) == _ID_CHARACTERS and text.endswith("=")
