"""Notifications on a local stack of their own: from a message to what a browser decrypts."""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from local.options import WEB_PUSH, Options
from local.stack import Stack
from testing.live.people import Deployment
from testing.push_receiver import Receiver, read_authorization
from testing.push_service import PushService, push_service


@pytest.fixture(scope="module")
def notifying(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """A stack with Web Push, which other tests do without: it works for each message."""
    parameters = {**WEB_PUSH, "NotifySeconds": "1", "NotificationContent": "preview"}
    options = Options.for_tests(tmp_path_factory.mktemp("stack"), parameters)
    with Stack(options, print) as stack:
        yield Deployment(stack)


@pytest.fixture
def service() -> Iterator[PushService]:
    with push_service() as running:
        yield running


def test_unread_message_reaches_a_browser_and_is_withdrawn_when_it_is_read(
    notifying: Deployment, service: PushService
) -> None:
    browser = Receiver.new()
    with notifying.person("alice") as alice, notifying.person("bob") as bob:
        hers, his = alice.logs_in(), bob.logs_in()
        room = hers.creates(bob)
        subscription = browser.subscription(f"{service.origin}/bob")
        his.sends("register_device", data={"kind": "web_push", "subscription": subscription})
        said = hers.says("Are you there?", to=room)

        [shown] = service.wait_for(1)
        his.sends("read_receipt", messageId=said["message_id"])
        [_, withdrawn] = service.wait_for(2)

    assert read(browser, shown.body)["body"] == "Are you there?"
    assert read(browser, withdrawn.body) == {
        "type": "read",
        "conversation_id": room,
        "up_to_seq": said["seq"],
    }
    assert shown.headers["topic"] == withdrawn.headers["topic"]


def test_key_that_clients_subscribe_with_signs_the_requests(
    notifying: Deployment, service: PushService
) -> None:
    browser = Receiver.new()
    with notifying.person("alice") as alice, notifying.person("bob") as bob:
        hers, his = alice.logs_in(), bob.logs_in()
        renewed = his.sends("authenticate", data={"token": his.token})["data"]
        subscription = browser.subscription(f"{service.origin}/bob")
        his.sends("register_device", data={"kind": "web_push", "subscription": subscription})
        hers.says("Hello", to=hers.creates(bob))

        [received] = service.wait_for(1)

    now = int(time.time())
    key, subject = read_authorization(received.headers["authorization"], service.origin, now)
    assert (key, subject) == (renewed["web_push_key"], WEB_PUSH["VapidSubject"])


def read(browser: Receiver, body: bytes) -> dict[str, Any]:
    decrypted: dict[str, Any] = json.loads(browser.decrypt(body))
    return decrypted
