"""The page beside the WebSocket, on the same port."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.local.gateway_under_test import FrontUnderTest, front_before
from tests.integration.local.scripted_aws import ScriptedAws

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; connect-src 'self'; script-src 'self'",
    "X-Content-Type-Options": "nosniff",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "secret.txt").write_text("not for the web")
    (tmp_path / "web" / "assets").mkdir(parents=True)
    (tmp_path / "web" / "index.html").write_text("<title>Parley</title>")
    (tmp_path / "web" / "assets" / "page.js").write_text("export {}")
    (tmp_path / "web" / "hello.html").write_text("<script>try()</script>")
    (tmp_path / "web" / "served.json").write_text(
        json.dumps({"files": ["index.html", "assets"], "headers": HEADERS})
    )
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


@pytest.mark.parametrize("path", ["/", "/assets/page.js"])
def test_the_page_comes_with_its_headers(front: FrontUnderTest, path: str) -> None:
    answer = front.asks("GET", path)

    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]


def test_on_ones_own_machine_the_page_may_talk_to_another_service(front: FrontUnderTest) -> None:
    answer = front.asks("GET", "/")

    assert answer.headers["Content-Security-Policy"] == (
        "default-src 'none'; connect-src 'self' ws: wss:; script-src 'self'"
    )


def test_what_somebody_tries_beside_the_page_comes_plainly(front: FrontUnderTest) -> None:
    answer = front.asks("GET", "/hello.html")

    assert answer.status == 200
    assert "Content-Security-Policy" not in answer.headers


@pytest.mark.parametrize("path", ["/", "/hello.html"])
def test_a_browser_asks_about_each_file_every_time(front: FrontUnderTest, path: str) -> None:
    answer = front.asks("GET", path)

    assert answer.headers["Cache-Control"] == "no-cache"


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
