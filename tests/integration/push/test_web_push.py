"""Web Push against a push service on this machine, which a browser's end decrypts."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from typing import NamedTuple

import pytest

from chat.push.endpoint import Address, default_tls
from chat.push.vapid import Vapid, private_key_of
from chat.push.web_push import TTL_SECONDS, WebPush
from chat.push.web_push_outcomes import Outcome, Result
from testing.certificates import Authority
from testing.push_receiver import Receiver, read_authorization
from testing.push_service import PushService, push_service

MESSAGE = b'{"type":"message"}'
NOW = 1_795_371_554
SUBJECT = "mailto:chat@example.com"


class Device(NamedTuple):
    endpoint: str
    p256dh: str
    auth: str


RECEIVER = Receiver.new()


def device(endpoint: str) -> Device:
    return Device(endpoint, RECEIVER.public_key, RECEIVER.auth)


@pytest.fixture
def service() -> Iterator[PushService]:
    with push_service() as running:
        yield running


def at(address: str, port: int) -> Callable[[str, int, float], list[Address]]:
    """Give a resolver that knows one address for every name."""
    return lambda _host, _port, _seconds: [Address(socket.AF_INET, (address, port))]


VAPID = Vapid(private_key_of(b"s" * 64), SUBJECT)


def web_push(**differing: object) -> WebPush:
    usual = {"may_be_local": True, "request_seconds": 30.0}
    return WebPush(VAPID, default_tls, lambda: NOW * 1000, **(usual | differing))  # type: ignore[arg-type]  # a mixture


def sends(to: str, push: WebPush | None = None) -> Result:
    return (push or web_push()).send(device(to), MESSAGE, "phone#room", "high")


def test_browser_reads_what_was_sent(service: PushService) -> None:
    result = sends(f"{service.origin}/phone?a=b")

    [received] = service.received
    assert result == Result(Outcome.SENT)
    assert received.path == "/phone?a=b"
    assert RECEIVER.decrypt(received.body) == MESSAGE


def test_push_service_gets_the_headers_of_the_standards(service: PushService) -> None:
    sends(f"{service.origin}/phone")

    [received] = service.received
    headers = received.headers
    assert headers["content-encoding"] == "aes128gcm"
    assert (headers["ttl"], headers["urgency"]) == (str(TTL_SECONDS), "high")
    read = read_authorization(headers["authorization"], service.origin, NOW)
    assert read == (VAPID.public_key, SUBJECT)


def test_topic_is_one_for_each_subject_and_does_not_name_it(service: PushService) -> None:
    for about in ("phone#room", "phone#room", "phone#other"):
        web_push().send(device(f"{service.origin}/phone"), MESSAGE, about, "normal")

    topics = [each.headers["topic"] for each in service.received]
    assert topics[0] == topics[1] != topics[2]
    assert all(
        len(each) <= 32 and each.replace("-", "").replace("_", "").isalnum() for each in topics
    )
    assert "room" not in "".join(topics)


@pytest.mark.parametrize(
    ("status", "headers", "result"),
    [
        (200, {}, Result(Outcome.SENT)),
        (201, {}, Result(Outcome.SENT)),
        (202, {}, Result(Outcome.SENT)),
        (404, {}, Result(Outcome.GONE)),
        (410, {}, Result(Outcome.GONE)),
        (429, {"Retry-After": "120"}, Result(Outcome.LATER, 120)),
        (429, {"Retry-After": "1000000000000000"}, Result(Outcome.LATER, 900)),
        (429, {"Retry-After": "Fri, 27 Nov 2099 09:00:00 GMT"}, Result(Outcome.LATER, 900)),
        (429, {"Retry-After": "Fri, 27 Nov 2015 09:00:00 GMT"}, Result(Outcome.LATER)),
        (429, {"Retry-After": "-1"}, Result(Outcome.LATER)),
        (500, {}, Result(Outcome.LATER)),
        (503, {"retry-after": " 7 "}, Result(Outcome.LATER, 7)),
        (302, {"Location": "http://127.0.0.1:1/"}, Result(Outcome.REFUSED)),
        (400, {}, Result(Outcome.REFUSED)),
        (403, {}, Result(Outcome.REFUSED)),
        (413, {}, Result(Outcome.REFUSED)),
    ],
)
def test_each_answer_has_its_outcome(
    service: PushService, status: int, headers: dict[str, str], result: Result
) -> None:
    service.answer = lambda _: (status, headers)

    assert sends(f"{service.origin}/phone") == result
    assert len(service.received) == 1


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.0.0.1", "169.254.169.254", "192.168.1.1", "0.0.0.0", "100.64.0.1"],  # noqa: S104 -- refused, not bound
)
def test_private_addresses_are_never_connected_to(service: PushService, address: str) -> None:
    strict = web_push(may_be_local=False, look_up=at(address, service.port))

    assert sends("https://push.example.net/phone", strict) == Result(Outcome.GONE)
    assert service.received == []


@pytest.mark.parametrize(
    "endpoint", ["https://127.0.0.1/", "https://[::1]/", "https://localhost/", "http://8.8.8.8/"]
)
def test_deployment_on_aws_reaches_no_local_address(endpoint: str) -> None:
    assert sends(endpoint, web_push(may_be_local=False)) == Result(Outcome.GONE)


def test_device_whose_keys_are_none_is_gone(service: PushService) -> None:
    unusable = Device(f"{service.origin}/phone", "B" + "A" * 86, "A" * 22)

    assert web_push().send(unusable, MESSAGE, "a", "normal") == Result(Outcome.GONE)
    assert service.received == []


def test_push_service_that_cannot_be_reached_is_tried_again() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]

    assert sends(f"http://127.0.0.1:{port}/phone") == Result(Outcome.LATER)


@pytest.mark.parametrize(
    "answer", [b"", b"HTTP/1.1 201 Created\r\n", b"no response\r\n\r\n", b"HTTP/1.1 201 A\r\nx: "]
)
def test_request_without_a_whole_answer_may_have_been_accepted(answer: bytes) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(65_536)
                connection.sendall(answer)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        result = sends(f"http://127.0.0.1:{server.getsockname()[1]}/phone")
        thread.join()

    assert result == Result(Outcome.UNKNOWN)


def test_answer_that_drips_ends_at_the_deadline() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as server, ExitStack() as ends:
        is_over = threading.Event()

        def serve() -> None:
            connection, _ = server.accept()
            ends.enter_context(connection)
            while not is_over.wait(0.02):
                try:
                    connection.send(b"x")
                except OSError:
                    return

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        began = time.monotonic()
        impatient = web_push(request_seconds=0.5)
        result = sends(f"http://127.0.0.1:{server.getsockname()[1]}/phone", impatient)
        took = time.monotonic() - began
        is_over.set()
        thread.join()

    assert result == Result(Outcome.UNKNOWN)
    assert took < 20


def test_certificate_has_to_be_the_names(tmp_path_factory: pytest.TempPathFactory) -> None:
    authority = Authority(tmp_path_factory.mktemp("authority"))
    with push_service(authority.server_context("push.test")) as service:
        push = WebPush(
            VAPID,
            authority.client_context,
            lambda: NOW * 1000,
            may_be_local=True,
            look_up=at("127.0.0.1", service.port),
        )
        known = sends(f"https://push.test:{service.port}/phone", push)
        other = sends(f"https://other.test:{service.port}/phone", push)

    assert (known, other) == (Result(Outcome.SENT), Result(Outcome.LATER))
    assert len(service.received) == 1
