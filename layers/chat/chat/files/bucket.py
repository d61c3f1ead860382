"""The bucket of files: what the service asks of S3, and the addresses that it signs for clients."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, cast

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from msgspec import Struct

from chat.files.headers import content_disposition
from chat.files.keys import TAKEN, find_file, taken_key, upload_key
from chat.protocol.files import File
from chat.protocol.ids import AttachmentId, ConversationId

if TYPE_CHECKING:
    from botocore.session import Session
    from mypy_boto3_s3.client import S3Client

UPLOAD_SECONDS = 600
"""How long an upload may begin after it was asked for."""
DOWNLOAD_SECONDS = 900
"""How long an address downloads a file."""

_CONNECT_SECONDS = 1.0
_READ_SECONDS = 4.0
_TRIES = 2
_COPY_TRIES = 3
MAX_AT_ONCE = 20
"""A message's attachments and their thumbnails."""

# A file that lies there already was copied by an earlier try, and never changes.
_IS_THERE = "PreconditionFailed"
_MET_ANOTHER = "ConditionalRequestConflict"
_MISSING = {"NoSuchKey", "NotFound", "404"}


class UploadMissing(Exception):
    """There is no such upload in the bucket."""


class NotDeleted(Exception):
    """S3 did not delete some files, or did not answer."""


class UploadForm(Struct, frozen=True):
    """Where to post a form with these fields, and then the file."""

    url: str
    fields: dict[str, str]


class Bucket:
    """One bucket, through one client; `public_url` is where browsers reach S3 if not on AWS."""

    def __init__(
        self, name: str, region: str, public_url: str = "", session: "Session | None" = None
    ) -> None:
        self._name = name
        self._client = _make_client(region, public_url, "", session)
        self._signer = (
            _make_client(region, public_url, public_url, session) if public_url else self._client
        )

    def upload_form(self, file: File) -> UploadForm:
        """Sign a form that uploads exactly this file: its place, size and media type are bound."""
        content_type = {"Content-Type": file.media_type}
        signed = self._signer.generate_presigned_post(
            self._name,
            upload_key(file.conversation_id, file.attachment_id),
            Fields=dict(content_type),
            Conditions=[content_type, ["content-length-range", file.size, file.size]],
            ExpiresIn=UPLOAD_SECONDS,
        )
        return UploadForm(signed["url"], signed["fields"])

    def download_url(self, file: File) -> str:
        """Sign an address of a taken file, whose media type and name are bound."""
        return self._signer.generate_presigned_url(
            "get_object",
            Params={
                "Bucket": self._name,
                "Key": taken_key(file.conversation_id, file.attachment_id),
                "ResponseContentType": file.media_type,
                "ResponseContentDisposition": content_disposition(file.name, file.media_type),
            },
            ExpiresIn=DOWNLOAD_SECONDS,
        )

    def find_size(self, conversation_id: ConversationId, attachment_id: AttachmentId) -> int | None:
        """Read how many bytes were uploaded; None if nothing was."""
        key = upload_key(conversation_id, attachment_id)
        try:
            return self._client.head_object(Bucket=self._name, Key=key)["ContentLength"]
        except ClientError as error:
            if _code(error) in _MISSING:
                return None
            raise

    def take(self, file: File) -> None:
        """Copy an upload to where no client writes. A file that lies there already stays.

        Raises:
            UploadMissing
        """
        for tries_left in reversed(range(_COPY_TRIES)):
            try:
                self._copy(file)
            except ClientError as error:
                if _code(error) == _IS_THERE:
                    return
                if _code(error) in _MISSING:
                    raise UploadMissing from error
                if _code(error) != _MET_ANOTHER or not tries_left:
                    raise
            else:
                return

    def delete(
        self, conversation_id: ConversationId, attachment_ids: Sequence[AttachmentId]
    ) -> None:
        """Delete files from both places. Those that are not there count as deleted.

        Raises:
            NotDeleted
        """
        places = (taken_key, upload_key)
        keys = [place(conversation_id, each) for each in attachment_ids for place in places]
        try:
            answer = self._client.delete_objects(
                Bucket=self._name,
                Delete={"Objects": [{"Key": key} for key in keys], "Quiet": True},
            )
        except (ClientError, BotoCoreError) as error:
            raise NotDeleted from error
        # The request succeeds even if S3 keeps some of the files.
        if codes := {each.get("Code", "") for each in answer.get("Errors", ())}:
            raise NotDeleted(", ".join(sorted(codes)))

    def each_taken(self) -> Iterator[tuple[ConversationId, AttachmentId]]:
        """List the files in the place that only the service writes to, a thousand a request."""
        pages = self._client.get_paginator("list_objects_v2")
        for page in pages.paginate(Bucket=self._name, Prefix=TAKEN):
            yield from filter(None, (find_file(each["Key"]) for each in page.get("Contents", ())))

    def _copy(self, file: File) -> None:
        place = (file.conversation_id, file.attachment_id)
        self._client.copy_object(
            Bucket=self._name,
            Key=taken_key(*place),
            CopySource={"Bucket": self._name, "Key": upload_key(*place)},
            IfNoneMatch="*",
            # Nothing that came with the upload goes along.
            MetadataDirective="REPLACE",
            ContentType=file.media_type,
            TaggingDirective="REPLACE",
        )


def _make_client(
    region: str, public_url: str, endpoint_url: str, session: "Session | None"
) -> "S3Client":
    from botocore.session import get_session  # noqa: PLC0415 -- 50 ms, only if it is needed

    config = Config(
        signature_version="s3v4",
        # An emulator has no name for each bucket. On AWS the region's name needs no redirect, which
        # would lose the answer's CORS headers.
        s3={
            "addressing_style": "path" if public_url else "virtual",
            "us_east_1_regional_endpoint": "regional",
        },
        connect_timeout=_CONNECT_SECONDS,
        read_timeout=_READ_SECONDS,
        retries={"total_max_attempts": _TRIES},
        max_pool_connections=MAX_AT_ONCE,
    )
    made = (session or get_session()).create_client(
        "s3", region_name=region, endpoint_url=endpoint_url or None, config=config
    )
    return cast("S3Client", made)


def _code(error: ClientError) -> str:
    return error.response["Error"]["Code"]
