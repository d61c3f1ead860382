"""The types and ranges of the fields that several of a client's frames have."""

from typing import Annotated

from msgspec import Meta

from chat.protocol import ids
from chat.protocol.limits import MAX_DECOMPOSED, MAX_ID, MAX_JSON_INTEGER

MAX_PAGE = 100
DEFAULT_PAGE = 50

RequestId = Annotated[str, Meta(min_length=1, max_length=64)]
_Id = Meta(min_length=1, max_length=MAX_ID)
ConversationId = Annotated[ids.ConversationId, _Id]
MessageId = Annotated[ids.MessageId, Meta(min_length=1, max_length=160)]
UserId = Annotated[ids.UserId, _Id]
Username = Annotated[ids.Username, Meta(min_length=1, max_length=64)]
AttachmentId = Annotated[ids.AttachmentId, Meta(pattern=r"^[A-Za-z0-9_-]{1,64}\Z")]
Seq = Annotated[int, Meta(ge=0, le=MAX_JSON_INTEGER)]
Limit = Annotated[int, Meta(ge=1, le=MAX_PAGE)]
Accepted = Annotated[str, Meta(min_length=1, max_length=32)]
Cursor = Annotated[str, Meta(min_length=1, max_length=2048)]


def composed_to(most: int) -> Meta:
    """Bound a text before it is composed, by which it only gets shorter; it is measured then."""
    return Meta(min_length=1, max_length=most * MAX_DECOMPOSED)
