"""The frames by which a client asks where to upload and download files."""

from typing import Annotated

from msgspec import Meta, Struct

from chat.protocol import fields
from chat.protocol.client_frames import ClientFrame
from chat.protocol.limits import MAX_JSON_INTEGER

MAX_ATTACHMENT_IDS = 50
MAX_TYPED_NAME = 1024
MAX_MEDIA_TYPE = 127
_RESTRICTED_NAME = "[a-z0-9][a-z0-9!#$&^_.+-]*"  # RFC 6838, 4.2, in lower case
_AttachmentIds = Annotated[
    list[fields.AttachmentId], Meta(min_length=1, max_length=MAX_ATTACHMENT_IDS)
]
_MediaType = Annotated[
    str, Meta(max_length=MAX_MEDIA_TYPE, pattern=rf"^{_RESTRICTED_NAME}/{_RESTRICTED_NAME}\Z")
]


class RequestUploadData(Struct, frozen=True, kw_only=True):
    name: Annotated[str, Meta(min_length=1, max_length=MAX_TYPED_NAME)]
    size: Annotated[int, Meta(ge=1, le=MAX_JSON_INTEGER)]
    media_type: _MediaType


class RequestUpload(ClientFrame, frozen=True, kw_only=True):
    """Asks where to upload a file that a message of this conversation will take."""

    type_name = "request_upload"
    conversation_id: fields.ConversationId
    data: RequestUploadData


class GetAttachmentsData(Struct, frozen=True):
    attachment_ids: _AttachmentIds


class GetAttachments(ClientFrame, frozen=True, kw_only=True):
    """Asks where to download attachments of messages of a conversation."""

    type_name = "get_attachments"
    conversation_id: fields.ConversationId
    data: GetAttachmentsData
