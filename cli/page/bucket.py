"""What is in the page's bucket, and how it becomes what is in the page's folder."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cli.refusals import Refused
from clients.manifest import CACHE_CONTROL, CONTENT_TYPES, Manifest

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import ObjectIdentifierTypeDef


@dataclass(frozen=True, slots=True)
class Published:
    """Paths within the page; `unchanged` is how many were there already."""

    uploaded: list[str]
    removed: list[str]
    unchanged: int


@dataclass(frozen=True, slots=True)
class Bucket:
    name: str
    s3: "S3Client"

    def publish(self, page: Manifest) -> Published:
        """Have the bucket hold just the page, sending what is new and removing what is gone.

        Raises:
            UnknownContentTypeError: a file of the page is of no known type; nothing is changed.
            Refused: something that is gone could not be removed.
        """
        files = {str(path.relative_to(page.folder)): path for path in page.files()}
        there = dict(self._there())
        uploaded = [key for key, path in files.items() if not self._holds(key, path, there)]
        for key in uploaded:
            self._put(key, files[key])
        # Last: a page that was loaded a moment ago may still ask for them.
        removed = sorted(there.keys() - files.keys())
        self._delete({"Key": key} for key in removed)
        return Published(uploaded, removed, len(files) - len(uploaded))

    def empty(self) -> int:
        """Remove everything, former versions as well; give how many there were.

        Raises:
            Refused: something could not be removed.
        """
        versions = list(self._versions())
        self._delete(versions)
        return len(versions)

    def _there(self) -> Iterator[tuple[str, str]]:
        """Give the keys, and the MD5 of what each holds.

        An ETag is that for what was put at once and encrypted by S3's own keys, as all is here:
        https://docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html
        """
        for page in self.s3.get_paginator("list_objects_v2").paginate(Bucket=self.name):
            for each in page.get("Contents", ()):
                yield each["Key"], each["ETag"].strip('"')

    def _holds(self, key: str, path: Path, there: dict[str, str]) -> bool:
        digest = hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()
        if there.get(key) != digest:
            return False
        head = self.s3.head_object(Bucket=self.name, Key=key)
        sent = (head["ContentType"], head.get("CacheControl"))
        return sent == (CONTENT_TYPES[path.suffix], CACHE_CONTROL)

    def _put(self, key: str, path: Path) -> None:
        self.s3.put_object(
            Bucket=self.name,
            Key=key,
            Body=path.read_bytes(),
            ContentType=CONTENT_TYPES[path.suffix],
            CacheControl=CACHE_CONTROL,
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
                raise Refused(f"{failed['Key']} could not be removed: {failed['Message']}")
