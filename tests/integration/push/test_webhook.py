"""Webhooks over real sockets: a real HTTP server is the consumer."""

import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from threading import Event, Thread

import pytest

from chat.push.endpoint import Address, default_tls
from chat.push.events import CONTENT_TYPE, Delivery
from chat.push.public_addresses import is_public
from chat.push.public_connection import LookUp
from chat.push.webhook import REQUEST_SECONDS, Webhook, WebhookUrl
from chat.push.webhook_signature import sign
from testing.certificates import Authority
from testing.event_fixtures import event
from testing.http_consumer import HttpConsumer, Received

NAME = "consumer.example"
KEY = b"k" * 32
NOW_MS = 1_795_371_554_123


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def consumer(authority: Authority) -> Iterator[HttpConsumer]:
    with HttpConsumer(authority.server_context(NAME)) as consumer:
        yield consumer


def here(_host: str, port: int, _seconds: float) -> list[Address]:
    """Find the test's own server under any name."""
    return [Address(socket.AF_INET, ("127.0.0.1", port))]


class Opened:
    """Makes webhooks, and closes their connections after the test."""

    def __init__(self, authority: Authority, closing: ExitStack) -> None:
        self._authority = authority
        self._closing = closing

    def __call__(  # noqa: PLR0913 -- each has a default
        self,
        port: int,
        path: str = "/hook?a=1",
        *,
        keys: tuple[bytes, ...] = (KEY,),
        make_tls: Callable[[], ssl.SSLContext] | None = None,
        permits: Callable[[str], bool] = lambda address: address == "127.0.0.1",
        look_up: LookUp = here,
    ) -> Webhook:
        """Make a webhook whose name leads to this machine, which is permitted here alone."""
        hook = Webhook(
            WebhookUrl.parse(f"https://{NAME}:{port}{path}"),
            lambda: keys,
            "parley.test",
            make_tls or self._authority.client_context,
            lambda: NOW_MS,
            permits=permits,
            look_up=look_up,
        )
        self._closing.callback(hook.close)
        return hook


@pytest.fixture
def to(authority: Authority) -> Iterator[Opened]:
    with ExitStack() as closing:
        yield Opened(authority, closing)


def test_event_arrives_signed_under_its_id(consumer: HttpConsumer, to: Opened) -> None:
    delivery = to(consumer.port).send([event(7)])

    assert delivery == Delivery(1)
    (received,) = consumer.received
    assert received.path == "/hook?a=1"
    assert received.headers["host"] == f"{NAME}:{consumer.port}"
    assert received.headers["content-type"] == CONTENT_TYPE
    assert received.headers["webhook-id"] == "general:7" == received.event["id"]
    assert received.headers["webhook-timestamp"] == str(NOW_MS // 1000)
    assert received.headers["webhook-signature"] == sign(
        [KEY], "general:7", NOW_MS // 1000, received.body
    )
    assert received.event["data"]["content"] == "Hello, wörld"


def test_both_keys_sign_while_the_secret_is_changed(consumer: HttpConsumer, to: Opened) -> None:
    to(consumer.port, keys=(b"new" * 8, KEY)).send([event(1)])

    (received,) = consumer.received
    for key in (b"new" * 8, KEY):
        own = sign([key], "general:1", NOW_MS // 1000, received.body)
        assert own in received.headers["webhook-signature"].split(" ")


def test_events_follow_each_other_on_one_connection(consumer: HttpConsumer, to: Opened) -> None:
    delivery = to(consumer.port).send([event(seq) for seq in range(1, 6)])

    assert delivery == Delivery(5)
    assert [each["data"]["seq"] for each in consumer.events] == [1, 2, 3, 4, 5]
    assert consumer.connections == 1


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_any_success_accepts(consumer: HttpConsumer, to: Opened, status: int) -> None:
    consumer.answers = lambda _: status

    assert to(consumer.port).send([event(1)]) == Delivery(1)


@pytest.mark.parametrize("status", [301, 302, 307, 308, 400, 401, 404, 429, 500, 502, 503])
def test_any_other_status_is_a_fault_and_nothing_is_sent_after_it(
    consumer: HttpConsumer, to: Opened, status: int
) -> None:
    consumer.answers = lambda received: status if received.event["data"]["seq"] == 2 else 204

    delivery = to(consumer.port).send([event(1), event(2), event(3)])

    assert delivery == Delivery(1, f"HTTP {status}")
    assert len(consumer.received) == 2


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("120", 120), ("Mon, 22 Nov 2026 18:21:14 GMT", 119.877), ("later", 0)],
)
def test_answer_may_name_a_time_to_ask_again(
    consumer: HttpConsumer, to: Opened, value: str, seconds: float
) -> None:
    consumer.answers = lambda received: 429 if received.event["data"]["seq"] == 2 else 204
    consumer.headers = {"Retry-After": value}

    delivery = to(consumer.port).send([event(1), event(2)])

    assert (delivery.accepted, delivery.fault) == (1, "HTTP 429")
    assert delivery.retry_after_seconds == pytest.approx(seconds)


def test_gone_is_told_apart(consumer: HttpConsumer, to: Opened) -> None:
    consumer.answers = lambda _: 410

    assert to(consumer.port).send([event(1)]) == Delivery(0, "HTTP 410", is_gone=True)


def test_redirect_is_not_followed(consumer: HttpConsumer, to: Opened) -> None:
    with HttpConsumer() as elsewhere:
        consumer.answers = lambda _: 307
        consumer.headers = {"Location": f"http://127.0.0.1:{elsewhere.port}/"}

        delivery = to(consumer.port).send([event(1)])

    assert delivery == Delivery(0, "HTTP 307")
    assert elsewhere.connections == 0


def test_consumer_of_an_unknown_authority_gets_nothing(consumer: HttpConsumer, to: Opened) -> None:
    hook = to(consumer.port, make_tls=default_tls)

    assert hook.send([event(1)]) == Delivery(0, "SSLCertVerificationError")
    assert consumer.received == []


def test_consumer_of_another_name_gets_nothing(authority: Authority, to: Opened) -> None:
    with HttpConsumer(authority.server_context("elsewhere.example")) as consumer:
        delivery = to(consumer.port).send([event(1)])

    assert delivery == Delivery(0, "SSLCertVerificationError")
    assert consumer.received == []


def test_name_that_leads_to_a_private_address_is_not_connected_to(
    consumer: HttpConsumer, to: Opened
) -> None:
    hook = to(consumer.port, permits=is_public)

    assert not is_public("127.0.0.1")
    assert hook.send([event(1)]) == Delivery(0, "NoPublicAddress")
    assert consumer.connections == 0


def test_address_that_was_judged_is_the_one_that_is_connected_to(
    consumer: HttpConsumer, to: Opened
) -> None:
    asked: list[str] = []

    def look_up(host: str, port: int, seconds: float) -> list[Address]:
        asked.append(host)
        private = [Address(socket.AF_INET, ("10.0.0.1", port))]
        return private + here(host, port, seconds) if len(asked) == 1 else private

    hook = to(consumer.port, look_up=look_up)

    assert hook.send([event(1)]) == Delivery(1)
    assert asked == [NAME]


def test_consumer_that_closed_the_kept_connection_is_connected_to_again(
    authority: Authority, to: Opened
) -> None:
    with HttpConsumer(authority.server_context(NAME)) as first:
        hook, port = to(first.port), first.port
        assert hook.send([event(1)]) == Delivery(1)
    with HttpConsumer(authority.server_context(NAME), port) as second:
        assert hook.send([event(2)]) == Delivery(1)

    assert [each["data"]["seq"] for each in second.events] == [2]


def test_consumer_that_is_not_there_is_a_fault(to: Opened) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

    assert to(port).send([event(1)]) == Delivery(0, "ConnectionRefusedError")


def test_answer_that_drips_is_given_up_at_the_deadline() -> None:
    ended = Event()
    with socket.create_server(("127.0.0.1", 0)) as server:
        Thread(target=_drip, args=[server, ended], daemon=True).start()
        hook = _plain(server.getsockname()[1], request_seconds=0.5)
        began = time.monotonic()

        delivery = hook.send([event(1)])
        ended.set()

    assert delivery == Delivery(0, "TimeoutError")
    assert time.monotonic() - began < 5


def _plain(port: int, request_seconds: float = REQUEST_SECONDS) -> Webhook:
    return Webhook(
        WebhookUrl.parse(f"http://127.0.0.1:{port}/", may_be_plain=True),
        lambda: [KEY],
        "parley.test",
        default_tls,
        lambda: NOW_MS,
        permits=lambda _: True,
        request_seconds=request_seconds,
    )


def _drip(server: socket.socket, ended: Event) -> None:
    connection, _ = server.accept()
    with connection:
        connection.recv(65_536)
        with suppress(OSError):
            for byte in b"HTTP/1.1 200 OK\r\nX: " + b"x" * 10_000:
                connection.sendall(bytes([byte]))
                if ended.wait(timeout=0.05):
                    return


@pytest.mark.parametrize("answer", [b"", b"not HTTP at all\r\n\r\n", b"HTTP/1.1 200"])
def test_answer_that_is_none_is_a_fault(answer: bytes) -> None:
    def serve(server: socket.socket) -> None:
        connection, _ = server.accept()
        with connection:
            connection.recv(65_536)
            connection.sendall(answer)

    with socket.create_server(("127.0.0.1", 0)) as server:
        Thread(target=serve, args=[server], daemon=True).start()
        delivery = _plain(server.getsockname()[1]).send([event(1)])

    assert delivery.accepted == 0
    assert delivery.fault in {"ConnectionResetError", "MalformedResponse"}


@pytest.mark.parametrize(
    "url",
    [
        "http://consumer.example/",
        "ftp://consumer.example/",
        "https://",
        "https://user:secret@consumer.example/",
        "https://consumer.example/#part",
        "//consumer.example/",
    ],
)
def test_address_that_is_not_https_or_names_a_user_is_rejected(url: str) -> None:
    with pytest.raises(ValueError, match="https address"):
        WebhookUrl.parse(url)


def test_address_keeps_its_path_and_query(consumer: HttpConsumer, to: Opened) -> None:
    to(consumer.port, path="/a%20b/ä?q=1&r=%2F").send([event(1)])

    received: Received = consumer.received[0]
    assert received.path == "/a%20b/%C3%A4?q=1&r=%2F"
