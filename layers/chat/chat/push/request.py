"""A push's requests as bytes: the same but for the connection id and the signature."""

import re
from urllib.parse import quote

from chat.protocol.ids import ConnectionId
from chat.push.endpoint import Endpoint
from chat.push.sigv4 import Signature, Stamp

# What API Gateway gives out is base64: nothing to quote but the padding.
_is_base64url = re.compile(r"[A-Za-z0-9_-]*=*", re.ASCII).fullmatch


class SignedRequests:
    """Requests of one method with one body, good for minutes after their stamp."""

    def __init__(self, endpoint: Endpoint, stamp: Stamp, method: str, body: bytes) -> None:
        signature = Signature(stamp, method, endpoint.canonical_prefix, endpoint.authority, body)
        token = f"X-Amz-Security-Token: {stamp.token}\r\n" if stamp.token else ""
        self._sign = signature.of
        self._before_id = f"{method} {endpoint.path_prefix}".encode()
        self._before_signature = (
            " HTTP/1.1\r\n"
            f"Host: {endpoint.authority}\r\n"
            f"X-Amz-Date: {stamp.date}\r\n"
            f"{token}"
            f"Content-Length: {len(body)}\r\n"
            f"Authorization: {signature.authorization}"
        ).encode()
        self._after_signature = b"\r\n\r\n" + body

    def to(self, connection_id: ConnectionId) -> bytes:
        """Write the whole request for a connection."""
        segment = quoted(connection_id)
        return b"".join(
            (
                self._before_id,
                segment,
                self._before_signature,
                self._sign(segment.replace(b"%", b"%25")).encode(),
                self._after_signature,
            )
        )


def quoted(connection_id: str) -> bytes:
    """Quote an id as one segment of a path; the canonical form is this, quoted once more."""
    if _is_base64url(connection_id):
        return connection_id.replace("=", "%3D").encode()
    # An id that is not text at all is refused by the server, and fails no other.
    return quote(connection_id, safe="", errors="surrogatepass").encode()
