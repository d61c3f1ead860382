"""The title of a conversation, out of what somebody typed."""

from chat.protocol.errors import BadRequest
from chat.protocol.limits import MAX_TITLE
from chat.protocol.text import displayable


def displayable_title(given: str) -> str:
    """Make a title out of what was typed.

    Raises:
        BadRequest: it is too long, or cannot be seen.
    """
    title = displayable(given, MAX_TITLE)
    if title is None:
        raise BadRequest(
            f"A title is 1 to {MAX_TITLE} characters that can be seen, without controls.",
            "data.title",
        )
    return title
