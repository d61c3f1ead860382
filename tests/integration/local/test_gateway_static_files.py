"""The files of the web app, on the port of the WebSocket."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.local.gateway_under_test import GatewayUnderTest, gateway_for
from tests.integration.local.scripted_aws import ScriptedAws

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; connect-src 'self' {files}; img-src {files}",
    "X-Content-Type-Options": "nosniff",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "secret.txt").write_text("not for the web")
    (tmp_path / "web" / "assets").mkdir(parents=True)
    (tmp_path / "web" / "index.html").write_text("<title>Parley</title>")
    (tmp_path / "web" / "assets" / "page.js").write_text("export {}")
    (tmp_path / "web" / "assets" / "page.js.gz").write_bytes(gzip.compress(b"export {}"))
    (tmp_path / "web" / "served.json").write_text(json.dumps({"headers": HEADERS}))
    (tmp_path / "beside").mkdir()
    (tmp_path / "beside" / "hello.html").write_text("<script>try()</script>")
    (tmp_path / "beside" / "index.html").write_text("the source of the page")
    return tmp_path / "web"


@pytest.fixture
def gateway(aws: ScriptedAws, folder: Path) -> Iterator[GatewayUnderTest]:
    beside = folder.parent / "beside"
    with gateway_for(aws, f"--web-app={folder}", f"--beside={beside}") as opened:
        yield opened


@pytest.mark.parametrize(
    ("path", "content", "kind"),
    [
        ("/", b"<title>Parley</title>", "text/html"),
        ("/assets/page.js", b"export {}", "text/javascript"),
    ],
)
def test_the_files_of_the_web_app_are_served(
    gateway: GatewayUnderTest, path: str, content: bytes, kind: str
) -> None:
    answer = gateway.asks("GET", path)

    assert (answer.status, answer.read()) == (200, content)
    assert answer.headers["Content-Type"].startswith(kind)


@pytest.mark.parametrize("path", ["/", "/assets/page.js"])
def test_the_web_app_comes_with_the_headers_of_its_manifest(
    gateway: GatewayUnderTest, path: str
) -> None:
    answer = gateway.asks("GET", path)

    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_the_local_web_app_may_connect_to_another_service_and_to_the_emulators_files(
    gateway: GatewayUnderTest, aws: ScriptedAws
) -> None:
    answer = gateway.asks("GET", "/")

    assert answer.headers["Content-Security-Policy"] == (
        f"default-src 'none'; connect-src 'self' ws: wss: {aws.url}; img-src {aws.url}"
    )


def test_a_browser_that_takes_it_gets_the_compressed_file(gateway: GatewayUnderTest) -> None:
    answer = gateway.asks("GET", "/assets/page.js", headers={"Accept-Encoding": "gzip"})

    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert gzip.decompress(answer.read()) == b"export {}"


def test_a_file_beside_the_web_app_comes_without_its_headers(gateway: GatewayUnderTest) -> None:
    answer = gateway.asks("GET", "/hello.html")

    assert answer.status == 200
    assert "Content-Security-Policy" not in answer.headers


@pytest.mark.parametrize(
    ("path", "caching"),
    [
        ("/", "no-cache"),
        ("/hello.html", "no-cache"),
        ("/assets/page.js", "public, max-age=31536000, immutable"),
    ],
)
def test_a_browser_keeps_only_what_is_named_after_its_content(
    gateway: GatewayUnderTest, path: str, caching: str
) -> None:
    answer = gateway.asks("GET", path)

    assert answer.headers["Cache-Control"] == caching


@pytest.mark.parametrize("path", ["/missing", "/../secret.txt", "/%2e%2e/secret.txt", "/assets"])
def test_nothing_outside_the_folder_is_served(gateway: GatewayUnderTest, path: str) -> None:
    answer = gateway.asks("GET", path)

    assert answer.status == 404


def test_a_web_app_that_was_not_bundled_is_404(aws: ScriptedAws, tmp_path: Path) -> None:
    beside = tmp_path / "beside"
    beside.mkdir()
    (beside / "index.html").write_text("the source of the page")
    with gateway_for(aws, f"--web-app={tmp_path / 'none'}", f"--beside={beside}") as gateway:
        answer = gateway.asks("GET", "/")

        assert answer.status == 404


def test_plain_http_on_the_websocket_path_is_426(gateway: GatewayUnderTest) -> None:
    answer = gateway.asks("GET", "/ws/chat")

    assert answer.status == 426
