"""Users and their clients: the words that tests are written in."""

from typing import Any

from chat.files.bucket import UploadForm
from chat.protocol.ids import ConnectionId
from chat.storage.users import User
from testing.simulation import PASSWORD_OF_ALL, Simulation
from testing.sockets import Frame


class Client:
    """One connection of a user."""

    def __init__(self, simulation: Simulation, connection_id: ConnectionId, user: User) -> None:
        self.simulation = simulation
        self.connection_id = connection_id
        self.user = user
        self.token = ""

    def copied_into(self, simulation: Simulation) -> "Client":
        """Make the same connection in a copy of its simulation."""
        other = Client(simulation, self.connection_id, self.user)
        other.token = self.token
        return other

    @property
    def received(self) -> list[Frame]:
        return self.simulation.sockets.received[self.connection_id]

    def sends(self, type_: str, **envelope: Any) -> Frame:  # noqa: ANN401 -- a frame's fields
        """Send a frame and return its direct reply."""
        reply = self.simulation.send(self.connection_id, {"type": type_, **envelope})
        assert reply is not None, f"{type_} got no direct reply"
        return reply

    def sends_without_reply(self, type_: str, **envelope: Any) -> None:  # noqa: ANN401 -- as above
        """Send a frame that gets no direct reply."""
        reply = self.simulation.send(self.connection_id, {"type": type_, **envelope})
        assert reply is None, reply

    def says(self, content: str, to: str, **envelope: Any) -> dict[str, Any]:  # noqa: ANN401 -- as above
        """Send a message; returns the stored message."""
        reply = self.sends("chat_message", conversationId=to, data={"content": content}, **envelope)
        assert reply["type"] == "chat_message", reply
        stored: dict[str, Any] = reply["data"]
        return stored

    def uploads(self, to: str, content: bytes = b"a picture", **data: Any) -> str:  # noqa: ANN401 -- as above
        """Upload a file; returns the id of the attachment that it can become."""
        form = self.requests_upload(to, content, **data)
        self.posts(form, content)
        attachment_id: str = form["attachment_id"]
        return attachment_id

    def requests_upload(self, to: str, content: bytes = b"a picture", **data: Any) -> Frame:  # noqa: ANN401 -- as above
        """Ask for the form that uploads a file; returns it."""
        file = {"name": "cat.png", "size": len(content), "media_type": "image/png"} | data
        reply = self.sends("request_upload", conversationId=to, data=file)
        assert reply["type"] == "upload_ready", reply
        form: Frame = reply["data"]
        return form

    def posts(self, form: Frame, content: bytes) -> None:
        """Upload a file by a form."""
        self.simulation.files.accept(UploadForm(form["url"], form["fields"]), content)

    def shows(self, *attachment_ids: str, to: str, **envelope: Any) -> dict[str, Any]:  # noqa: ANN401 -- as above
        """Send a message with attachments; returns the stored message."""
        named = [{"attachment_id": each} for each in attachment_ids]
        reply = self.sends(
            "chat_message", conversationId=to, data={"attachments": named}, **envelope
        )
        assert reply["type"] == "chat_message", reply
        stored: dict[str, Any] = reply["data"]
        return stored

    def creates(self, *members: "Person", kind: str = "group", **data: Any) -> str:  # noqa: ANN401 -- as above
        """Create a conversation; returns its id."""
        named = [person.user.username for person in members]
        reply = self.sends("create_conversation", data={"kind": kind, "members": named, **data})
        assert reply["type"] == "conversation_created", reply
        conversation_id: str = reply["data"]["conversation_id"]
        return conversation_id

    def is_rejected(self, code: str, type_: str, **envelope: Any) -> Frame:  # noqa: ANN401 -- as above
        """Send a frame and check that the reply is an error with this code."""
        reply = self.sends(type_, **envelope)
        assert (reply["type"], reply.get("code")) == ("error", code), reply
        return reply

    def receives(self, type_: str) -> dict[str, Any]:
        """Take the oldest received push; returns its `data`."""
        assert self.received, f"nothing was pushed, least of all {type_}"
        frame = self.received.pop(0)
        assert frame["type"] == type_, frame
        data: dict[str, Any] = frame["data"]
        return data

    def receives_nothing(self) -> None:
        assert self.received == []

    def discards_received(self) -> None:
        """Drop the pushes received so far."""
        self.received.clear()

    def closes(self, *, announced: bool = True) -> None:
        self.simulation.disconnect(self.connection_id, announced=announced)


class Person:
    """A user, who may have several clients."""

    def __init__(self, simulation: Simulation, name: str) -> None:
        self.simulation = simulation
        self.user = simulation.register(name)

    def logs_in(self, *accepts: str) -> Client:
        """Connect a client and authenticate it."""
        connection_id = self.simulation.connect()
        client = Client(self.simulation, connection_id, self.user)
        data: dict[str, Any] = {"username": self.user.username, "password": PASSWORD_OF_ALL}
        if accepts:
            data["accepts"] = accepts
        reply = client.sends("authenticate", data=data)
        assert reply["type"] == "auth_success", reply
        client.token = reply["data"]["token"]
        return client
