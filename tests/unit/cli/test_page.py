from collections.abc import Iterator
from pathlib import Path

import pytest
from mypy_boto3_s3 import S3Client

from cli.page.bucket import Bucket, Published
from cli.page.command import FOLDER
from cli.refusals import Refused
from clients.manifest import Manifest, UnknownContentTypeError
from tests.unit.cli.shell import Shell

NAME = "parley-page"
DECLARED = '{"files": ["index.html", "page"], "headers": {}}'


@pytest.fixture
def bucket(shell: Shell) -> Bucket:
    s3 = shell.deployment.session.client("s3", region_name="us-east-1")
    s3.create_bucket(Bucket=NAME)
    s3.put_bucket_versioning(Bucket=NAME, VersioningConfiguration={"Status": "Enabled"})
    return Bucket(NAME, s3)


@pytest.fixture
def page(tmp_path: Path) -> Manifest:
    (tmp_path / "page").mkdir()
    (tmp_path / "served.json").write_text(DECLARED)
    (tmp_path / "index.html").write_text("<title>Parley</title>")
    (tmp_path / "page" / "main.js").write_text("export {}")
    (tmp_path / "README.md").write_text("not for the web")
    return Manifest.load(tmp_path)


def keys(s3: S3Client) -> list[str]:
    return [each["Key"] for each in s3.list_objects_v2(Bucket=NAME).get("Contents", ())]


def test_just_the_page_is_published(bucket: Bucket, page: Manifest) -> None:
    done = bucket.publish(page)

    assert done == Published(["page/main.js", "index.html"], [], 0)
    assert keys(bucket.s3) == ["index.html", "page/main.js"]


def test_a_browser_finds_no_beginning_before_the_rest_is_there(
    bucket: Bucket, page: Manifest
) -> None:
    done = bucket.publish(page)

    assert done.uploaded[-1] == "index.html"


@pytest.mark.parametrize(
    ("key", "kind"),
    [
        ("index.html", "text/html; charset=utf-8"),
        ("page/main.js", "text/javascript; charset=utf-8"),
    ],
)
def test_each_file_says_what_it_is_and_is_asked_about_every_time(
    bucket: Bucket, page: Manifest, key: str, kind: str
) -> None:
    bucket.publish(page)

    found = bucket.s3.head_object(Bucket=NAME, Key=key)
    assert (found["ContentType"], found["CacheControl"]) == (kind, "no-cache")


def test_a_second_time_sends_nothing(bucket: Bucket, page: Manifest) -> None:
    bucket.publish(page)

    done = bucket.publish(page)

    assert done == Published([], [], 2)


def test_what_changed_is_sent_alone(bucket: Bucket, page: Manifest) -> None:
    bucket.publish(page)
    (page.folder / "page" / "main.js").write_text("export const changed = true")

    done = bucket.publish(page)

    assert done == Published(["page/main.js"], [], 1)


def test_what_came_by_other_means_is_sent_again_as_it_should_be(
    bucket: Bucket, page: Manifest
) -> None:
    bucket.publish(page)
    bucket.s3.put_object(Bucket=NAME, Key="page/main.js", Body=b"export {}")

    done = bucket.publish(page)

    assert done.uploaded == ["page/main.js"]


def test_what_is_gone_is_removed(bucket: Bucket, page: Manifest) -> None:
    bucket.publish(page)
    (page.folder / "page" / "main.js").unlink()

    done = bucket.publish(page)

    assert done == Published([], ["page/main.js"], 1)
    assert keys(bucket.s3) == ["index.html"]


def test_a_file_of_no_known_type_stops_it_before_anything_is_changed(
    bucket: Bucket, page: Manifest
) -> None:
    (page.folder / "page" / "sound.ogg").write_text("beep")

    with pytest.raises(UnknownContentTypeError, match=r"sound\.ogg"):
        bucket.publish(page)

    assert keys(bucket.s3) == []


def test_an_emptied_bucket_can_be_deleted(bucket: Bucket, page: Manifest) -> None:
    bucket.publish(page)
    (page.folder / "page" / "main.js").unlink()
    bucket.publish(page)

    removed = bucket.empty()

    # Two files, and the mark that one of them was removed.
    assert removed == 3
    bucket.s3.delete_bucket(Bucket=NAME)


def test_what_cannot_be_removed_is_said(bucket: Bucket, page: Manifest) -> None:
    bucket.publish(page)
    bucket.s3.meta.events.register("after-call.s3.DeleteObjects", _refused)

    with pytest.raises(Refused, match=r"index\.html could not be removed: Access Denied"):
        bucket.empty()


def _refused(parsed: dict[str, object], **_: object) -> None:
    parsed["Errors"] = [{"Key": "index.html", "Code": "AccessDenied", "Message": "Access Denied"}]


def test_an_operator_publishes_the_page_of_the_working_copy(shell: Shell, bucket: Bucket) -> None:
    shell.has_outputs(PageBucket=NAME, PageUrl="https://chat.example.com/")

    first = shell.reads("page", "publish")
    second = shell.reads("page", "publish")

    assert first["uploaded"][-1] == "index.html"
    assert keys(bucket.s3) == sorted(first["uploaded"])
    assert second == {"uploaded": [], "removed": [], "unchanged": len(first["uploaded"])}


def test_an_operator_takes_it_away(shell: Shell, bucket: Bucket) -> None:
    shell.has_outputs(PageBucket=NAME, PageUrl="https://chat.example.com/")
    shell.does("page", "publish")

    shell.does("page", "remove")

    assert keys(bucket.s3) == []


@pytest.mark.parametrize("command", ["publish", "remove"])
def test_there_must_be_a_page_to_work_on(shell: Shell, command: str) -> None:
    assert "deploy it with WebPage=true" in shell.is_refused("page", command)


def files_that_the_page_names() -> Iterator[str]:
    index = (FOLDER / "index.html").read_text()
    for part in index.split('"'):
        if part.startswith(("page/", "src/")):
            yield part


def test_all_that_the_page_begins_with_is_published() -> None:
    published = {str(path.relative_to(FOLDER)) for path in Manifest.load(FOLDER).files()}

    assert set(files_that_the_page_names()) <= published


def test_nothing_is_published_that_is_not_the_page() -> None:
    published = [path.relative_to(FOLDER) for path in Manifest.load(FOLDER).files()]

    assert {path.parts[0] for path in published} == {"index.html", "page", "src"}
