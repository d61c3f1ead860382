"""The frames the service sends about files."""

from msgspec import Struct

from chat.protocol.ids import AttachmentId, ConversationId
from chat.protocol.server_frames import ServerFrame


class UploadReadyData(Struct, frozen=True):
    attachment_id: AttachmentId
    url: str
    fields: dict[str, str]
    expires_at: str


class UploadReady(ServerFrame, frozen=True, tag="upload_ready"):
    """Where to upload the file: as a form, whose last field is the file, posted to `url`."""

    data: UploadReadyData


class AttachmentAddress(Struct, frozen=True):
    attachment_id: AttachmentId
    url: str
    expires_at: str


class AttachmentAddressesData(Struct, frozen=True, omit_defaults=True):
    conversation_id: ConversationId
    items: list[AttachmentAddress]
    has_more: bool = False


class AttachmentAddresses(ServerFrame, frozen=True, tag="attachments"):
    """Where to download the attachments that were asked for, and until when."""

    data: AttachmentAddressesData
