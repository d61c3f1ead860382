"""What the bucket asks of S3, against moto; and the answers that moto does not give."""

from base64 import b64decode
from typing import Any
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import ClientError
from moto.core.botocore_stubber import MockRawResponse
from msgspec import json

from chat.files.bucket import Bucket, NotDeleted, UploadMissing
from chat.protocol.files import File
from chat.protocol.ids import AttachmentId, ConversationId
from testing.simulation import REGION

NAME = "files"
ROOM, PICTURE = ConversationId("room:1"), AttachmentId("a1")
FILE = File(
    conversation_id=ROOM, attachment_id=PICTURE, name="cat.png", size=3, media_type="image/png"
)


@pytest.fixture
def s3(aws: None) -> Any:  # noqa: ANN401, ARG001 -- a client with types of its own; moto first
    client = boto3.client("s3", REGION)
    client.create_bucket(
        Bucket=NAME, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
    )
    return client


@pytest.fixture
def bucket(s3: Any) -> Bucket:  # noqa: ANN401, ARG001 -- as above
    return Bucket(NAME, REGION)


class Answers:
    """Gives S3's next answers, and keeps the requests."""

    def __init__(self, bucket: Bucket, *answers: tuple[int, str]) -> None:
        self.requests: list[Any] = []
        self._answers = list(answers)
        events: Any = bucket._client.meta.events  # noqa: SLF001 -- botocore has hooks for its requests
        events.register_first("before-send.s3", self._send)

    def _send(self, request: Any, **_: object) -> AWSResponse:  # noqa: ANN401 -- botocore carries no types
        self.requests.append(request)
        status, body = self._answers.pop(0)
        return AWSResponse(request.url, status, HTTPHeaders(), MockRawResponse(body))


def error(status: int, code: str) -> tuple[int, str]:
    return status, f"<Error><Code>{code}</Code><Message>made by a test</Message></Error>"


COPIED = (200, "<CopyObjectResult><ETag>x</ETag></CopyObjectResult>")


def keys(s3: Any) -> list[str]:  # noqa: ANN401 -- as above
    return [each["Key"] for each in s3.list_objects_v2(Bucket=NAME).get("Contents", ())]


def upload(s3: Any, content: bytes = b"cat", **more: Any) -> None:  # noqa: ANN401 -- as above
    s3.put_object(Bucket=NAME, Key="u/room:1/a1", Body=content, **more)


def test_form_binds_place_size_and_media_type(bucket: Bucket) -> None:
    form = bucket.upload_form(FILE)

    policy = json.decode(b64decode(form.fields["policy"]))
    assert form.url == f"https://{NAME}.s3.{REGION}.amazonaws.com/"
    for condition in (
        {"bucket": NAME},
        {"key": "u/room:1/a1"},
        {"Content-Type": "image/png"},
        ["content-length-range", 3, 3],
    ):
        assert condition in policy["conditions"]
    assert form.fields["Content-Type"] == "image/png"


@pytest.mark.parametrize("region", ["us-east-1", "eu-west-1"])
def test_addresses_name_the_region_so_that_nothing_redirects(aws: None, region: str) -> None:  # noqa: ARG001 -- moto first
    bucket = Bucket(NAME, region)

    for url in (bucket.upload_form(FILE).url, bucket.download_url(FILE)):
        assert urlsplit(url).hostname == f"{NAME}.s3.{region}.amazonaws.com"


def test_addresses_are_where_browsers_reach_an_emulator(aws: None) -> None:  # noqa: ARG001 -- moto first
    bucket = Bucket(NAME, REGION, "http://127.0.0.1:4566")

    assert bucket.upload_form(FILE).url == f"http://127.0.0.1:4566/{NAME}"
    assert bucket.download_url(FILE).startswith(f"http://127.0.0.1:4566/{NAME}/c/room")


def test_address_binds_media_type_and_name_for_fifteen_minutes(bucket: Bucket) -> None:
    asked = parse_qs(urlsplit(bucket.download_url(FILE)).query)

    assert asked["response-content-type"] == ["image/png"]
    assert asked["response-content-disposition"] == [
        "inline; filename=\"cat.png\"; filename*=UTF-8''cat.png"
    ]
    assert asked["X-Amz-Expires"] == ["900"]


def test_size_of_an_upload_is_found(s3: Any, bucket: Bucket) -> None:  # noqa: ANN401 -- as above
    assert bucket.find_size(ROOM, PICTURE) is None

    upload(s3)

    assert bucket.find_size(ROOM, PICTURE) == 3


def test_taken_file_has_its_own_media_type_and_nothing_else_of_the_upload(
    s3: Any,  # noqa: ANN401 -- as above
    bucket: Bucket,
) -> None:
    upload(s3, ContentType="text/html", Metadata={"x": "y"}, Tagging="a=b")

    bucket.take(FILE)

    taken = s3.get_object(Bucket=NAME, Key="c/room:1/a1")
    assert (taken["Body"].read(), taken["ContentType"]) == (b"cat", "image/png")
    assert taken["Metadata"] == {}
    assert s3.get_object_tagging(Bucket=NAME, Key="c/room:1/a1")["TagSet"] == []


def test_missing_upload_cannot_be_taken(bucket: Bucket) -> None:
    with pytest.raises(UploadMissing):
        bucket.take(FILE)


def test_copy_never_replaces_a_file(bucket: Bucket) -> None:
    answers = Answers(bucket, error(412, "PreconditionFailed"))

    bucket.take(FILE)

    [request] = answers.requests
    assert request.headers["If-None-Match"] in ("*", b"*")
    assert request.headers["x-amz-copy-source"] in (
        f"{NAME}/u/room%3A1/a1".encode(),
        f"{NAME}/u/room%3A1/a1",
    )


def test_copy_that_meets_another_is_tried_again(bucket: Bucket) -> None:
    conflict = error(409, "ConditionalRequestConflict")
    answers = Answers(bucket, conflict, conflict, COPIED)

    bucket.take(FILE)

    assert len(answers.requests) == 3


@pytest.mark.parametrize(
    ("answer", "tries"),
    [(error(409, "ConditionalRequestConflict"), 3), (error(403, "AccessDenied"), 1)],
    ids=["conflict", "denied"],
)
def test_copy_that_fails_again_and_again_is_a_fault(
    bucket: Bucket, answer: tuple[int, str], tries: int
) -> None:
    answers = Answers(bucket, *[answer] * tries)

    with pytest.raises(ClientError):
        bucket.take(FILE)

    assert len(answers.requests) == tries


def test_files_are_deleted_from_both_places(s3: Any, bucket: Bucket) -> None:  # noqa: ANN401 -- as above
    upload(s3)
    bucket.take(FILE)
    s3.put_object(Bucket=NAME, Key="c/room:1/a2", Body=b"other")

    bucket.delete(ROOM, [PICTURE])

    assert keys(s3) == ["c/room:1/a2"]
    bucket.delete(ROOM, [PICTURE])


@pytest.mark.parametrize(
    "answer",
    [
        (
            200,
            "<DeleteResult><Error><Key>c/room:1/a1</Key><Code>AccessDenied</Code></Error></DeleteResult>",
        ),
        error(403, "AccessDenied"),
    ],
    ids=["one of them", "all"],
)
def test_refused_deletion_is_noticed(bucket: Bucket, answer: tuple[int, str]) -> None:
    Answers(bucket, answer)

    with pytest.raises(NotDeleted):
        bucket.delete(ROOM, [PICTURE])


def test_taken_files_are_listed_without_uploads(s3: Any, bucket: Bucket) -> None:  # noqa: ANN401 -- as above
    upload(s3)
    bucket.take(FILE)
    s3.put_object(Bucket=NAME, Key="c/nothing", Body=b"")

    assert list(bucket.each_taken()) == [(ROOM, PICTURE)]
