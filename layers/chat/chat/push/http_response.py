"""HTTP/1.1 responses, parsed without any I/O (RFC 9112).

Only the status matters, fields that are asked for, and whether the connection can be used again;
bodies are skipped.
"""

import re

MAX_HEAD_BYTES = 16_384
MAX_BODY_BYTES = 65_536
"""A longer body is not read to its end: the connection is closed instead."""

_MAX_LENGTH_DIGITS = 12
_MAX_INTERIM_RESPONSES = 16
_MAX_LINE_BYTES = 4_096
_MAX_SIZE_DIGITS = 8
_NO_BODY = frozenset({204, 304})
_SWITCHING_PROTOCOLS = 101
_FIRST_FINAL = 200

_status_line = re.compile(rb"http/1\.[0-9] ([1-9][0-9][0-9])[ \r]").match


class MalformedResponse(Exception):
    """What arrived is not an HTTP response."""


class ResponseReader:
    """Reads the response to one request, piece by piece as it arrives."""

    __slots__ = ("_body", "_fields", "_head", "_interim", "reusable", "started", "status")

    def __init__(self) -> None:
        self.started = False
        self.status = 0
        """Of the final response, once its head is complete; 0 before."""
        self.reusable = False
        """Whether another request may follow on the connection, once the response is complete."""
        self._fields = b""
        self._head = b""
        self._interim = 0
        self._body: Body | None = None

    def feed(self, data: bytes) -> bool:
        """Take what arrived; True once the response is complete."""
        self.started = True
        if self._body is not None:
            return self._feed_body(data)
        if self._head:
            data = self._head + data
        end = data.find(b"\r\n\r\n")
        if end < 0 or end > MAX_HEAD_BYTES:
            if len(data) > MAX_HEAD_BYTES:
                raise MalformedResponse("oversized head")
            self._head = data
            return False
        self._head = b""
        return self._read_head(data[: end + 2].lower(), data[end + 4 :])

    def end(self) -> bool:
        """Note that the peer closed; True if the response is complete by that."""
        self.reusable = False
        return isinstance(self._body, UntilClose)

    def field(self, name: bytes) -> bytes | None:
        """Return a field of the final response, in lower case; None if it has none or several."""
        lines = (line.partition(b":") for line in self._fields.split(b"\r\n")[1:])
        found = [value.strip(b" \t") for field, _, value in lines if field == name]
        return found[0] if len(found) == 1 else None

    def _read_head(self, head: bytes, rest: bytes) -> bool:
        match = _status_line(head)
        if match is None:
            raise MalformedResponse("not an HTTP/1 response")
        self.status = status = int(match[1])
        if status < _FIRST_FINAL:
            return self._skip_interim(status, rest)
        self._fields = head
        self.reusable = _stays_open(head)
        if status not in _NO_BODY:
            self._body = self._find_body(head)
        return self._feed_body(rest)

    def _skip_interim(self, status: int, rest: bytes) -> bool:
        self.status = 0
        self._interim += 1
        if status == _SWITCHING_PROTOCOLS or self._interim > _MAX_INTERIM_RESPONSES:
            raise MalformedResponse("unexpected interim response")
        return self.feed(rest) if rest else False

    def _find_body(self, head: bytes) -> "Body | None":
        """Choose how the body ends (section 6.3)."""
        at = head.find(b"\r\ncontent-length:")
        if head.find(b"\r\ntransfer-encoding:") >= 0:
            # Section 6.1: with both fields the length is ignored, and the connection not trusted.
            self.reusable = self.reusable and at < 0
            chunked = _values(head, b"transfer-encoding")[-1:] == [b"chunked"]
            return ChunkedBody() if chunked else UntilClose()
        if at < 0:
            return UntilClose()
        if head.find(b"\r\ncontent-length:", at + 1) >= 0:
            raise MalformedResponse("two lengths")
        return _length_body(head[at + 17 : head.find(b"\r\n", at + 17)].strip(b" \t"))

    def _feed_body(self, data: bytes) -> bool:
        body = self._body
        if body is None:
            self.reusable = self.reusable and not data
            return True
        complete = body.feed(data)
        if body.surplus or body.taken > MAX_BODY_BYTES:
            self.reusable = False
            return True
        return complete


class LengthBody:
    __slots__ = ("_left", "surplus", "taken")

    def __init__(self, length: int) -> None:
        self._left = length
        self.taken = 0
        self.surplus = False

    def feed(self, data: bytes) -> bool:
        self.taken += len(data)
        self._left -= len(data)
        self.surplus = self._left < 0
        return self._left <= 0


class UntilClose:
    __slots__ = ("surplus", "taken")

    def __init__(self) -> None:
        self.taken = 0
        self.surplus = False

    def feed(self, data: bytes) -> bool:
        self.taken += len(data)
        return False


type Body = LengthBody | ChunkedBody | UntilClose


def _length_body(digits: bytes) -> LengthBody | None:
    if digits == b"0":
        return None
    if not digits.isdigit() or len(digits) > _MAX_LENGTH_DIGITS:
        raise MalformedResponse("not a length")
    return LengthBody(int(digits))


def _stays_open(head: bytes) -> bool:
    """Tell whether the peer keeps the connection open (section 9.3)."""
    http_1_0 = head.startswith(b"http/1.0")
    at = head.find(b"\r\nconnection:")
    if at < 0:
        return not http_1_0
    if head.startswith(b" keep-alive\r\n", at + 13) and head.find(b"\r\nconnection:", at + 13) < 0:
        return True  # as API Gateway always sends it
    options = _values(head, b"connection")
    return b"keep-alive" in options if http_1_0 else b"close" not in options


def _values(head: bytes, name: bytes) -> list[bytes]:
    """List the comma-separated values of all fields of a name, in a head in lower case."""
    fields = (line.partition(b":") for line in head.split(b"\r\n")[1:])
    return [
        value.strip(b" \t")
        for field, _, values in fields
        if field == name
        for value in values.split(b",")
    ]


class ChunkedBody:
    """A body in chunks, skipped (section 7.1)."""

    __slots__ = ("_chunk_left", "_in_trailers", "_line", "surplus", "taken")

    def __init__(self) -> None:
        self.taken = 0
        self.surplus = False
        self._line = b""
        self._chunk_left = 0
        """Of the current chunk, with the line end that closes it."""
        self._in_trailers = False

    def feed(self, data: bytes) -> bool:
        """Take what arrived; True once the last chunk and the trailers are in."""
        self.taken += len(data)
        data = self._line + data
        self._line = b""
        while data:
            if self._chunk_left:
                data = self._skip_chunk(data)
                continue
            line, found, rest = data.partition(b"\r\n")
            if len(line) > _MAX_LINE_BYTES:
                raise MalformedResponse("oversized line between chunks")
            if not found:
                self._line = data
                return False
            data = rest
            if self._read_line(line):
                self.surplus = bool(data)
                return True
        return False

    def _skip_chunk(self, data: bytes) -> bytes:
        """Take what belongs to the chunk, and check that a line end closes it."""
        for at, byte in ((self._chunk_left - 2, b"\r"), (self._chunk_left - 1, b"\n")):
            if 0 <= at < len(data) and data[at : at + 1] != byte:
                raise MalformedResponse("a chunk longer than its size")
        rest = data[self._chunk_left :]
        self._chunk_left = max(0, self._chunk_left - len(data))
        return rest

    def _read_line(self, line: bytes) -> bool:
        """Take a chunk's size or a trailer; True at the empty line that ends all."""
        if self._in_trailers:
            return not line
        size = line.partition(b";")[0].strip(b" \t")
        if not size or len(size) > _MAX_SIZE_DIGITS or size.strip(b"0123456789abcdefABCDEF"):
            raise MalformedResponse("not a chunk size")
        length = int(size, 16)
        self._in_trailers = length == 0
        self._chunk_left = length + 2 if length else 0
        return False
