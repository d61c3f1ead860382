from chat.actions.authorization import require_membership, require_session_within_rate
from chat.actions.paging import fitting
from chat.actions.request_upload import require_files
from chat.actions.services import Files, Services
from chat.files.bucket import DOWNLOAD_SECONDS
from chat.protocol.encoding import rfc3339
from chat.protocol.file_frames import GetAttachments
from chat.protocol.ids import ConnectionId
from chat.protocol.server_files import (
    AttachmentAddress,
    AttachmentAddresses,
    AttachmentAddressesData,
)
from chat.storage.attachments import Upload, find_uploads
from chat.storage.database import gather_two


def get_attachments(
    frame: GetAttachments, connection_id: ConnectionId, services: Services
) -> AttachmentAddresses:
    """Sign addresses of files that messages of the conversation have, in the order of the frame.

    Those that no message has are left out. If not all fit one frame, `has_more` says so. The files
    are looked up before the membership, so a removed member gets no address.

    Raises:
        UnknownType: the deployment has no files.
    """
    files = require_files(services)
    file_ids = list(dict.fromkeys(frame.data.attachment_ids))
    session, found = gather_two(
        lambda: require_session_within_rate("history", connection_id, services),
        lambda: find_uploads(frame.conversation_id, file_ids),
    )
    require_membership(session, frame.conversation_id)
    expires_at = rfc3339(services.now_ms() + DOWNLOAD_SECONDS * 1000)
    taken = [found[each] for each in file_ids if each in found and found[each].is_taken]
    # Signed one by one, as the frame fills up: what does not fit costs nothing.
    shown = fitting(_address(each, expires_at, files) for each in taken)
    return AttachmentAddresses(
        data=AttachmentAddressesData(frame.conversation_id, shown, has_more=len(shown) < len(taken))
    )


def _address(upload: Upload, expires_at: str, files: Files) -> AttachmentAddress:
    return AttachmentAddress(upload.attachment_id, files.download_url(upload), expires_at)
