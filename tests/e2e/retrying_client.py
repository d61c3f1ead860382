"""A client that follows the protocol: it retries until a message is stored, and reconnects."""

import json
import time
import uuid
from typing import Any

from websockets.exceptions import ConnectionClosed, InvalidHandshake

from testing.live.people import PASSWORD, Client, Frame, Person

REPLY_SECONDS = 4.0
GIVE_UP_SECONDS = 60.0


class RetryingClient:
    """Keeps each message that it received or that was acknowledged."""

    def __init__(self, person: Person, conversation_id: str) -> None:
        self.person = person
        self.conversation_id = conversation_id
        self.seen: dict[int, dict[str, Any]] = {}
        self.acknowledged: dict[str, dict[str, Any]] = {}
        self.sent_times = 0
        self._client: Client | None = None

    def says(self, content: str) -> None:
        """Send a message until it is acknowledged."""
        client_message_id = uuid.uuid4().hex
        envelope = {
            "conversationId": self.conversation_id,
            "clientMessageId": client_message_id,
            "data": {"content": content},
        }
        reply = self._request("chat_message", **envelope)
        self.acknowledged[client_message_id] = reply["data"]

    def catches_up(self) -> None:
        """Do what a client does at its next heartbeat."""
        newest = max(self.seen, default=0)
        positions = {self.conversation_id: newest}
        ack = self._request("heartbeat", data={"positions": positions})
        if self.conversation_id in ack["data"]["behind"]:
            self._read_from(newest)

    def fills_gaps(self) -> None:
        """Ask once for the messages that are missing below the newest one seen."""
        missing = [seq for seq in range(1, max(self.seen, default=0)) if seq not in self.seen]
        if missing:
            self._read_from(missing[0] - 1)

    def reads_everything(self) -> dict[int, dict[str, Any]]:
        """Read the whole conversation, as a client that has seen nothing of it."""
        reader = RetryingClient(self.person, self.conversation_id)
        reader._read_from(0)
        return reader.seen

    def _read_from(self, after_seq: int) -> None:
        while True:
            where = {"after_seq": after_seq, "limit": 100}
            page = self._request("history", conversationId=self.conversation_id, data=where)["data"]
            for message in page["messages"]:
                self._keep(message)
            after_seq = page["up_to"]
            if not page["has_more"]:
                return

    def _request(self, type_: str, **envelope: Any) -> Frame:  # noqa: ANN401 -- a frame's fields
        """Send a frame until its reply is not an error."""
        until = time.monotonic() + GIVE_UP_SECONDS
        while time.monotonic() < until:
            try:
                reply = self._request_once(type_, **envelope)
            except (ConnectionClosed, InvalidHandshake, OSError):
                self._client = None
                continue
            if reply and reply["type"] != "error":
                return reply
        raise AssertionError(f"{type_} was never answered")

    def _request_once(self, type_: str, **envelope: Any) -> Frame | None:  # noqa: ANN401 -- as above
        request_id = uuid.uuid4().hex
        client = self._client or self._log_in()
        client.sends_without_waiting(type_, requestId=request_id, **envelope)
        self.sent_times += 1
        return self._reply_to(request_id, client)

    def _log_in(self) -> Client:
        client = self.person.connects(open_timeout=GIVE_UP_SECONDS)
        proof = {"username": self.person.user.username, "password": PASSWORD}
        client.sends_without_waiting("authenticate", requestId="hello", data=proof)
        reply = self._reply_to("hello", client)
        if reply is None or reply["type"] != "auth_success":
            client.closes()
            raise ConnectionError(f"not authenticated: {reply}")
        self._client = client
        return client

    def _reply_to(self, request_id: str, client: Client) -> Frame | None:
        """Read until the reply comes, and keep the messages before it; None if no reply comes."""
        until = time.monotonic() + REPLY_SECONDS
        while (left := until - time.monotonic()) > 0:
            try:
                text = client.socket.recv(timeout=left)
            except TimeoutError:
                return None
            if not text:
                continue
            frame: Frame = json.loads(text)
            if frame.get("type") == "chat_message":
                self._keep(frame["data"])
            if frame.get("requestId") == request_id:
                # API Gateway's own report of a failed function has no type, and an id of its own.
                return frame
        return None

    def _keep(self, message: dict[str, Any]) -> None:
        known = self.seen.setdefault(message["seq"], message)
        assert known == message, f"two messages under {message['seq']}: {known} and {message}"
