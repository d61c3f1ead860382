from collections.abc import Iterator
from pathlib import Path

import pytest
from mypy_boto3_s3 import S3Client

from cli.admin.web_app import Bucket, Published
from cli.commands.page import FOLDER
from cli.errors import CommandRefused
from clients.manifest import Manifest
from tests.unit.cli.shell import Shell

NAME = "parley-page"
RELEASE = '{"version": "1", "files": {"assets/main-1.js": "…", "index.html": "…"}}'
WITHOUT_MAIN = '{"version": "2", "files": {"index.html": "…"}}'


@pytest.fixture
def bucket(shell: Shell) -> Bucket:
    s3 = shell.deployment.session.client("s3", region_name="us-east-1")
    s3.create_bucket(Bucket=NAME)
    s3.put_bucket_versioning(Bucket=NAME, VersioningConfiguration={"Status": "Enabled"})
    return Bucket(NAME, s3)


@pytest.fixture
def page(tmp_path: Path) -> Manifest:
    (tmp_path / "assets").mkdir()
    (tmp_path / "served.json").write_text('{"headers": {}}')
    (tmp_path / "release.json").write_text(RELEASE)
    (tmp_path / "index.html").write_text("<title>Parley</title>")
    (tmp_path / "assets" / "main-1.js").write_text("export {}")
    (tmp_path / "README.md").write_text("not for the web")
    return Manifest.load(tmp_path)


def keys(s3: S3Client) -> list[str]:
    return [each["Key"] for each in s3.list_objects_v2(Bucket=NAME).get("Contents", ())]


def test_only_the_web_app_is_published(bucket: Bucket, page: Manifest) -> None:
    done = bucket.publish(page)

    assert done == Published(["assets/main-1.js", "index.html", "release.json"], [], 0)
    assert keys(bucket.s3) == ["assets/main-1.js", "index.html", "release.json"]


def test_first_file_of_a_browser_and_the_list_of_files_are_uploaded_last(
    bucket: Bucket, page: Manifest
) -> None:
    done = bucket.publish(page)

    assert done.uploaded[-2:] == ["index.html", "release.json"]


@pytest.mark.parametrize(
    ("key", "kind", "caching"),
    [
        ("index.html", "text/html; charset=utf-8", "no-cache"),
        ("release.json", "application/json", "no-cache"),
        (
            "assets/main-1.js",
            "text/javascript; charset=utf-8",
            "public, max-age=31536000, immutable",
        ),
    ],
)
def test_each_file_has_its_type_and_is_cached_only_if_named_after_its_content(
    bucket: Bucket, page: Manifest, key: str, kind: str, caching: str
) -> None:
    bucket.publish(page)

    found = bucket.s3.head_object(Bucket=NAME, Key=key)
    assert (found["ContentType"], found["CacheControl"]) == (kind, caching)


def test_second_publication_uploads_nothing(bucket: Bucket, page: Manifest) -> None:
    bucket.publish(page)

    done = bucket.publish(page)

    assert done == Published([], [], 3)


def test_only_changed_files_are_uploaded(bucket: Bucket, page: Manifest) -> None:
    bucket.publish(page)
    (page.folder / "assets" / "main-1.js").write_text("export const changed = true")

    done = bucket.publish(page)

    assert done == Published(["assets/main-1.js"], [], 2)


def test_file_with_wrong_headers_is_uploaded_again(bucket: Bucket, page: Manifest) -> None:
    bucket.publish(page)
    bucket.s3.put_object(Bucket=NAME, Key="assets/main-1.js", Body=b"export {}")

    done = bucket.publish(page)

    assert done.uploaded == ["assets/main-1.js"]


def test_deleted_file_is_removed(bucket: Bucket, page: Manifest) -> None:
    bucket.publish(page)
    (page.folder / "release.json").write_text(WITHOUT_MAIN)

    done = bucket.publish(Manifest.load(page.folder))

    assert done == Published(["release.json"], ["assets/main-1.js"], 1)
    assert keys(bucket.s3) == ["index.html", "release.json"]


def test_file_of_unknown_type_stops_the_publication_before_it_starts(
    bucket: Bucket, page: Manifest
) -> None:
    (page.folder / "release.json").write_text(RELEASE.replace("main-1.js", "sound.ogg"))

    with pytest.raises(CommandRefused, match=r"sound\.ogg"):
        bucket.publish(Manifest.load(page.folder))

    assert keys(bucket.s3) == []


def test_folder_without_web_app_is_rejected(bucket: Bucket, tmp_path: Path) -> None:
    with pytest.raises(CommandRefused, match="has no web app"):
        bucket.publish(Manifest.load(tmp_path))


def test_an_emptied_bucket_can_be_deleted(bucket: Bucket, page: Manifest) -> None:
    bucket.publish(page)
    (page.folder / "release.json").write_text(WITHOUT_MAIN)
    bucket.publish(Manifest.load(page.folder))

    removed = bucket.empty()

    # Two files, the mark that one of them was removed, and two versions of the list of files.
    assert removed == 5
    bucket.s3.delete_bucket(Bucket=NAME)


def test_file_that_cannot_be_removed_is_reported(bucket: Bucket, page: Manifest) -> None:
    bucket.publish(page)
    bucket.s3.meta.events.register("after-call.s3.DeleteObjects", _refused)

    with pytest.raises(CommandRefused, match=r"index\.html could not be removed: Access Denied"):
        bucket.empty()


def _refused(parsed: dict[str, object], **_: object) -> None:
    parsed["Errors"] = [{"Key": "index.html", "Code": "AccessDenied", "Message": "Access Denied"}]


def test_operator_publishes_the_web_app_of_the_working_copy(shell: Shell, bucket: Bucket) -> None:
    shell.has_outputs(PageBucket=NAME, PageUrl="https://chat.example.com/")

    first = shell.reads("page", "publish")
    second = shell.reads("page", "publish")

    assert first["uploaded"][-2:] == ["index.html", "release.json"]
    assert keys(bucket.s3) == sorted(first["uploaded"])
    assert second == {"uploaded": [], "removed": [], "unchanged": len(first["uploaded"])}


def test_operator_removes_the_web_app(shell: Shell, bucket: Bucket) -> None:
    shell.has_outputs(PageBucket=NAME, PageUrl="https://chat.example.com/")
    shell.does("page", "publish")

    shell.does("page", "remove")

    assert keys(bucket.s3) == []


@pytest.mark.parametrize("command", ["publish", "remove"])
def test_stack_without_web_app_is_rejected(shell: Shell, command: str) -> None:
    assert "deploy it with WebPage=true" in shell.is_rejected("page", command)


def files_that_the_page_names() -> Iterator[str]:
    for part in (FOLDER / "index.html").read_text().split('"'):
        if part.startswith(("assets/", "page/")):
            yield part


def test_all_files_that_the_first_file_names_are_published() -> None:
    published = {str(path.relative_to(FOLDER)) for path in Manifest.load(FOLDER).files()}

    assert set(files_that_the_page_names()) <= published


def test_nothing_else_is_published() -> None:
    published = [path.relative_to(FOLDER) for path in Manifest.load(FOLDER).files()]

    assert {path.parts[0] for path in published} == {
        "assets",
        "index.html",
        "manifest.webmanifest",
        "page",
        "release.json",
        "worker.js",
    }
