"""The page beside the WebSocket, on the same port."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.local.front_under_test import FrontUnderTest, front_before
from tests.integration.local.scripted_aws import ScriptedAws


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "secret.txt").write_text("not for the web")
    (tmp_path / "web" / "assets").mkdir(parents=True)
    (tmp_path / "web" / "index.html").write_text("<title>Parley</title>")
    (tmp_path / "web" / "assets" / "page.js").write_text("export {}")
    return tmp_path / "web"


@pytest.fixture
def front(aws: ScriptedAws, folder: Path) -> Iterator[FrontUnderTest]:
    with front_before(aws, f"--page={folder}") as opened:
        yield opened


@pytest.mark.parametrize(
    ("path", "content", "kind"),
    [
        ("/", b"<title>Parley</title>", "text/html"),
        ("/assets/page.js", b"export {}", "text/javascript"),
    ],
)
def test_files_of_the_folder_are_given_out(
    front: FrontUnderTest, path: str, content: bytes, kind: str
) -> None:
    answer = front.asks("GET", path)

    assert (answer.status, answer.read()) == (200, content)
    assert answer.headers["Content-Type"].startswith(kind)


@pytest.mark.parametrize("path", ["/missing", "/../secret.txt", "/%2e%2e/secret.txt", "/assets"])
def test_nothing_else_is(front: FrontUnderTest, path: str) -> None:
    answer = front.asks("GET", path)

    assert answer.status == 404


def test_a_folder_that_is_not_there_yet_is_no_fault(aws: ScriptedAws, tmp_path: Path) -> None:
    with front_before(aws, f"--page={tmp_path / 'none'}") as front:
        answer = front.asks("GET", "/")

        assert answer.status == 404


def test_the_chats_own_path_asks_for_an_upgrade(front: FrontUnderTest) -> None:
    answer = front.asks("GET", "/ws/chat")

    assert answer.status == 426
