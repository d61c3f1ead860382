"""The bucket from which CloudFront serves the web app."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cli.errors import CommandRefused
from clients.manifest import CONTENT_TYPES, Manifest, UnknownContentTypeError, cache_control

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import ObjectIdentifierTypeDef


@dataclass(frozen=True, slots=True)
class Published:
    """Paths in the web app's folder, and how many files were in the bucket already."""

    uploaded: list[str]
    removed: list[str]
    unchanged: int


@dataclass(frozen=True, slots=True)
class Bucket:
    name: str
    s3: "S3Client"

    def publish(self, app: Manifest) -> Published:
        """Upload the new and changed files of the web app, and remove all other files.

        Raises:
            CommandRefused: there is no web app or the type of a file is unknown, and nothing is
                changed; or an old file could not be removed.
        """
        try:
            files = {str(each.relative_to(app.folder)): each.read_bytes() for each in app.files()}
        except UnknownContentTypeError as error:
            raise CommandRefused(str(error)) from error
        if not files:
            raise CommandRefused(f"{app.folder} has no web app: make it with 'npm run bundle'.")
        digests = dict(self._digests())
        uploaded = [key for key in files if not self._holds(key, files[key], digests)]
        for key in uploaded:
            self._put(key, files[key])
        # Last: a browser that has just loaded the old version may still ask for them.
        removed = sorted(digests.keys() - files.keys())
        self._delete({"Key": key} for key in removed)
        return Published(uploaded, removed, len(files) - len(uploaded))

    def empty(self) -> int:
        """Remove every file and its former versions; return how many there were.

        Raises:
            CommandRefused: something could not be removed.
        """
        versions = list(self._versions())
        self._delete(versions)
        return len(versions)

    def _digests(self) -> Iterator[tuple[str, str]]:
        """Give the keys, and the MD5 of what each holds.

        The ETag is that for an object that was put at once and encrypted by S3's own keys, as all
        are here: https://docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html
        """
        for page in self.s3.get_paginator("list_objects_v2").paginate(Bucket=self.name):
            for each in page.get("Contents", ()):
                yield each["Key"], each["ETag"].strip('"')

    def _holds(self, key: str, content: bytes, digests: Mapping[str, str]) -> bool:
        digest = hashlib.md5(content, usedforsecurity=False).hexdigest()
        if digests.get(key) != digest:
            return False
        head = self.s3.head_object(Bucket=self.name, Key=key)
        sent = (head["ContentType"], head.get("CacheControl"))
        return sent == (CONTENT_TYPES[Path(key).suffix], cache_control(key))

    def _put(self, key: str, content: bytes) -> None:
        self.s3.put_object(
            Bucket=self.name,
            Key=key,
            Body=content,
            ContentType=CONTENT_TYPES[Path(key).suffix],
            CacheControl=cache_control(key),
        )

    def _versions(self) -> Iterator["ObjectIdentifierTypeDef"]:
        for page in self.s3.get_paginator("list_object_versions").paginate(Bucket=self.name):
            for each in (*page.get("Versions", ()), *page.get("DeleteMarkers", ())):
                yield {"Key": each["Key"], "VersionId": each["VersionId"]}

    def _delete(self, objects: Iterable["ObjectIdentifierTypeDef"]) -> None:
        waiting = list(objects)
        # https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html takes 1,000.
        for start in range(0, len(waiting), 1000):
            some = waiting[start : start + 1000]
            answer = self.s3.delete_objects(
                Bucket=self.name, Delete={"Objects": some, "Quiet": True}
            )
            for failed in answer.get("Errors", ()):
                raise CommandRefused(f"{failed['Key']} could not be removed: {failed['Message']}")
