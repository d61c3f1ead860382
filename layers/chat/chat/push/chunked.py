"""A body in chunks, skipped (RFC 9112, section 7.1)."""

_MAX_LINE_BYTES = 4_096
_MAX_SIZE_DIGITS = 8


class MalformedResponse(Exception):
    """What arrived is not an HTTP answer."""


class ChunkedBody:
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
