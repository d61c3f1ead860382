"""The programs of the pages work."""

import json
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from chat.push.webhook_signature import key_of, sign
from tests.unit.docs.pages import DOCS, REPOSITORY, code_blocks
from tests.unit.docs.programs import at, python, running
from tests.unit.docs.scripted_service import ScriptedService, scripted_service

HELLO, BOT, LISTENER = code_blocks(DOCS / "from-python.md", "python")
(FIVE_LINES,) = code_blocks(DOCS / "from-a-web-page.md", "js")
CLIENT = (REPOSITORY / "clients/web/src/index.js").as_uri()
WSCAT = Path(__file__).parent / "node_modules/wscat/bin/wscat"
NODE = shutil.which("node") or ""

needs_node = pytest.mark.skipif(not NODE, reason="there is no Node")


@pytest.fixture
def service() -> Iterator[ScriptedService]:
    with scripted_service() as service:
        yield service


def test_short_python_program_sends_and_prints_messages(
    service: ScriptedService,
) -> None:
    with running(*python(at(service.address, HELLO))) as program:
        assert program.prints() == "1 alice: Hello"

        service.pushes(service.stores("Hello, you!"))

        assert program.prints() == "2 alice: Hello, you!"


def test_bot_in_15_lines_answers(service: ScriptedService, tmp_path: Path) -> None:
    with running(*python(at(service.address, BOT)), folder=tmp_path):
        service.receives("history")

        asked = service.stores("!echo hello")
        service.pushes(asked)

        answer = service.receives("chat_message")
        assert answer["data"]["content"] == "hello"
        assert answer["data"]["reply_to"] == asked["message_id"]

    assert len(BOT.splitlines()) <= 15


def test_bot_in_15_lines_answers_what_came_while_it_was_down(
    service: ScriptedService, tmp_path: Path
) -> None:
    (tmp_path / "bob.json").write_text('{"general": 1}')
    service.stores("!echo answered before")
    service.stores("!echo meanwhile")

    with running(*python(at(service.address, BOT)), folder=tmp_path):
        assert service.receives("chat_message")["data"]["content"] == "meanwhile"


def test_long_running_python_program_prints_each_message_once(service: ScriptedService) -> None:
    service.stores("before it came")

    with running(*python(at(service.address, LISTENER))) as program:
        assert program.prints() == "1 alice: before it came"
        message = service.stores("pushed twice")
        service.pushes(message)
        service.pushes(message)
        assert program.prints() == "2 alice: pushed twice"
        service.stores("never pushed")
        service.pushes(service.stores("pushed after a gap"))
        assert program.prints() == "3 alice: never pushed"
        assert program.prints() == "4 alice: pushed after a gap"


@pytest.mark.parametrize("code", [1000, 1001, 1011])
def test_long_running_python_program_reconnects(service: ScriptedService, code: int) -> None:
    service.stores("before")

    with running(*python(at(service.address, LISTENER))) as program:
        assert program.prints() == "1 alice: before"
        service.stores("meanwhile")
        service.connections[-1].close(code)
        assert program.prints() == "2 alice: meanwhile"


def test_long_running_python_program_catches_up_by_heartbeat(
    service: ScriptedService,
) -> None:
    impatient = LISTENER.replace("HEARTBEAT_SECONDS = 30", "HEARTBEAT_SECONDS = 0.1")

    with running(*python(at(service.address, impatient))) as program:
        service.stores("never pushed")

        assert program.prints() == "1 alice: never pushed"


@needs_node
def test_five_lines_send_and_receive(service: ScriptedService) -> None:
    code = at(service.address, FIVE_LINES).replace("/src/index.js", CLIENT)

    # Node 20 has a WebSocket only if asked for.
    node = (NODE, "--no-warnings", "--experimental-websocket", "--input-type=module", "-e", code)
    with running(*node) as program:
        assert program.prints() == "alice: Hello"

    assert len(FIVE_LINES.splitlines()) == 5


@needs_node
@pytest.mark.skipif(not WSCAT.exists(), reason="wscat is not installed: `make unit` does")
def test_wscat_shows_the_frames(service: ScriptedService) -> None:
    (first,) = code_blocks(DOCS / "try-it.md", "json")

    with running(NODE, str(WSCAT), "-c", service.address) as program:
        assert '"connected"' in program.prints()
        assert '"auth_required"' in program.prints()
        program.stdin.write(first)
        program.stdin.flush()

        assert '"auth_success"' in program.prints()


PROGRAM = """{code}
import json, sys
headers, body = json.load(sys.stdin)
print(is_genuine(headers, body.encode()))
"""
MODULE = """{code}
import {{ readFileSync }} from "node:fs";
const [headers, body] = JSON.parse(readFileSync(0, "utf8"));
console.log(isGenuine(headers, body) ? "True" : "False");
"""
(VERIFY_IN_PYTHON,) = code_blocks(DOCS / "events.md", "python")
(VERIFY_IN_JAVASCRIPT,) = code_blocks(DOCS / "events.md", "js")
VERIFIERS = {
    "python": (PROGRAM.format(code=VERIFY_IN_PYTHON), python),
    "node": (
        MODULE.format(code=VERIFY_IN_JAVASCRIPT),
        lambda code: (NODE, "--input-type=module", "-e", code),
    ),
}
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
BODY = '{"id":"general:7","data":{"content":"Grüße"}}'


def signed(seconds_ago: float = 0) -> dict[str, str]:
    """Give the headers of a request that the webhook signs with two secrets."""
    at = round(time.time() - seconds_ago)
    signatures = sign([b"another" * 4, key_of(SECRET)], "general:7", at, BODY.encode())
    return {
        "webhook-id": "general:7",
        "webhook-timestamp": str(at),
        "webhook-signature": signatures,
    }


def verified(language: str, headers: dict[str, str], body: str) -> str:
    code, command = VERIFIERS[language]
    given = json.dumps([headers, body])
    ran = subprocess.run(command(code), input=given, capture_output=True, text=True, check=True)
    return ran.stdout.strip()


each_language = pytest.mark.parametrize(
    "language", ["python", pytest.param("node", marks=needs_node)]
)


@each_language
def test_pasted_program_accepts_what_the_webhook_signs(language: str) -> None:
    assert verified(language, signed(), BODY) == "True"


@each_language
@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({}, BODY.replace("Grüße", "Gruesse")),
        ({"webhook-id": "general:8"}, BODY),
        ({"webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OA="}, BODY),
        ({"webhook-timestamp": "1614265330"}, BODY),
    ],
    ids=["another body", "another id", "another signature", "another time"],
)
def test_pasted_program_rejects_what_the_webhook_did_not_sign(
    language: str, headers: dict[str, str], body: str
) -> None:
    assert verified(language, signed() | headers, body) == "False"


@each_language
@pytest.mark.parametrize("seconds_ago", [600, -600], ids=["old", "too early"])
def test_pasted_program_rejects_what_the_webhook_did_not_sign_just_now(
    language: str, seconds_ago: float
) -> None:
    assert verified(language, signed(seconds_ago), BODY) == "False"
