from fnmatch import fnmatchcase

from chat.actions.authorization import require_membership, require_session_within_rate
from chat.actions.services import Files, Services
from chat.files.bucket import UPLOAD_SECONDS
from chat.protocol.encoding import rfc3339
from chat.protocol.errors import BadRequest, RateLimited, TooLarge, UnknownType
from chat.protocol.file_frames import RequestUpload, RequestUploadData
from chat.protocol.files import clean_name
from chat.protocol.ids import AttachmentId, ConnectionId
from chat.protocol.server_files import UploadReady, UploadReadyData
from chat.storage.attachments import Upload, end_of_day, put_upload


def request_upload(
    frame: RequestUpload, connection_id: ConnectionId, services: Services
) -> UploadReady:
    """Announce an upload, and sign the form that uploads this one file to this conversation.

    Raises:
        UnknownType: the deployment has no files.
        TooLarge, BadRequest: a file of this size or media type is not allowed.
        RateLimited: the connection requests too many, or the user uploads too much in a day.
    """
    files = require_files(services)
    session = require_session_within_rate("uploads", connection_id, services)
    require_membership(session, frame.conversation_id)
    _check_is_allowed(frame.data, services)
    upload = Upload(
        conversation_id=frame.conversation_id,
        attachment_id=AttachmentId(services.new_id()),
        user_id=session.user_id,
        name=clean_name(frame.data.name),
        size=frame.data.size,
        media_type=frame.data.media_type,
    )
    now_ms = services.now_ms()
    if not put_upload(upload, now_ms, services.limits.upload_bytes_per_day):
        raise RateLimited(-((now_ms - end_of_day(now_ms)) // 1000))
    form = files.upload_form(upload)
    expires_at = rfc3339(now_ms + UPLOAD_SECONDS * 1000)
    return UploadReady(
        data=UploadReadyData(upload.attachment_id, form.url, form.fields, expires_at)
    )


def require_files(services: Services) -> Files:
    """Give the deployment's files.

    Raises:
        UnknownType: it has none.
    """
    files = services.files()
    if files is None:
        raise UnknownType
    return files


def _check_is_allowed(data: RequestUploadData, services: Services) -> None:
    limits = services.limits
    if data.size > limits.max_upload_bytes:
        raise TooLarge("The file is too large.", limits.max_upload_bytes)
    if not any(fnmatchcase(data.media_type, each) for each in limits.upload_media_types):
        raise BadRequest("Files of this media type are not allowed.", "data.media_type")
