"""The owner's function is asked once, over HTTP, and anything but a verdict is no answer."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any

import pytest
from botocore.session import Session

from chat.hooks.before_send import (
    Allow,
    BeforeSend,
    NoVerdict,
    Proposal,
    Refuse,
    Replace,
    Sender,
    Verdict,
)
from chat.protocol.ids import AttachmentId, ConversationId, UserId, Username
from chat.protocol.server_messages import Attachment

FUNCTION = "arn:aws:lambda:eu-central-1:123456789012:function:word-list:live"
PROPOSAL = Proposal(
    kind="chat_message",
    conversation_id=ConversationId("general"),
    user=Sender(UserId("0d7a30"), Username("alice")),
    content="Hello 茶",
    type="text",
    mentions=["*"],
    attachments=[
        Attachment(
            attachment_id=AttachmentId("a1"), name="cat.png", size=81_234, media_type="image/png"
        )
    ],
)


class LambdaApi:
    """Answers invocations as Lambda's API does."""

    def __init__(self) -> None:
        self.status, self.answer, self.failed = 200, b"{}", ""
        self.hangs = False
        self.ended = Event()
        self.asked: list[tuple[str, Any]] = []


@contextmanager
def served(api: LambdaApi) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            api.asked.append((self.path, json.loads(body)))
            if api.hangs:
                api.ended.wait()
                return
            self.send_response(api.status)
            if api.failed:
                self.send_header("X-Amz-Function-Error", api.failed)
            self.send_header("Content-Length", str(len(api.answer)))
            self.end_headers()
            self.wfile.write(api.answer)

        def log_message(self, *_: object) -> None:
            """Print nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        serving = Thread(target=server.serve_forever)
        serving.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            api.ended.set()
            server.shutdown()
            serving.join()


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Iterator[LambdaApi]:
    api = LambdaApi()
    with served(api) as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
        yield api


def asks(answer_seconds: float = 30) -> Verdict:
    before_send = BeforeSend(
        FUNCTION,
        "eu-central-1",
        Session(),
        allows_on_failure=False,
        answer_seconds=answer_seconds,
    )
    return before_send.ask(PROPOSAL)


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        ({"action": "allow"}, Allow()),
        ({"action": "allow", "score": 0.1}, Allow()),
        ({"action": "refuse"}, Refuse()),
        ({"action": "refuse", "reason": "Be kind."}, Refuse("Be kind.")),
        ({"action": "replace", "content": "茶"}, Replace("茶")),
        ({"action": "replace", "content": ""}, Replace("")),
    ],
)
def test_an_answer_is_a_verdict(api: LambdaApi, answer: object, verdict: Verdict) -> None:
    api.answer = json.dumps(answer).encode()

    assert asks() == verdict


def test_the_function_gets_the_message_and_its_sender(api: LambdaApi) -> None:
    api.answer = b'{"action": "allow"}'

    asks()

    [(path, event)] = api.asked
    assert path.replace("%3A", ":").endswith(f"/functions/{FUNCTION}/invocations")
    assert event == {
        "kind": "chat_message",
        "conversation_id": "general",
        "user": {"user_id": "0d7a30", "username": "alice"},
        "content": "Hello 茶",
        "type": "text",
        "mentions": ["*"],
        "attachments": [
            {
                "attachment_id": "a1",
                "name": "cat.png",
                "size": 81_234,
                "media_type": "image/png",
            }
        ],
    }


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"null",
        b"{}",
        b"\xff",
        b'{"action": "dance"}',
        b'{"action": "replace"}',
        b'{"action": "replace", "content": 1}',
        b'{"action": "refuse", "reason": null}',
    ],
)
def test_another_answer_is_no_verdict(api: LambdaApi, answer: bytes) -> None:
    api.answer = answer

    with pytest.raises(NoVerdict):
        asks()


@pytest.mark.parametrize("status", [403, 404, 429, 500, 503])
def test_an_error_of_lambda_is_no_verdict_and_not_tried_again(api: LambdaApi, status: int) -> None:
    api.status, api.answer = status, b'{"action": "allow"}'

    with pytest.raises(NoVerdict):
        asks()

    assert len(api.asked) == 1


def test_a_function_that_fails_gives_no_verdict(api: LambdaApi) -> None:
    api.failed, api.answer = "Unhandled", b'{"action": "allow"}'

    with pytest.raises(NoVerdict):
        asks()


def test_a_late_answer_is_no_verdict_and_the_function_is_not_asked_again(api: LambdaApi) -> None:
    api.hangs = True

    with pytest.raises(NoVerdict):
        asks(answer_seconds=0.2)

    assert len(api.asked) == 1


def test_an_address_where_nobody_listens_is_no_verdict(
    api: LambdaApi,  # noqa: ARG001 -- for its environment
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")

    with pytest.raises(NoVerdict):
        asks()
