"""How a WebSocket begins and ends: who is let in, and what is said of one that closed."""

from dataclasses import dataclass
from http import HTTPStatus

from websockets.datastructures import Headers
from websockets.frames import CloseCode
from websockets.http11 import Response
from websockets.server import ServerProtocol

BAD_REQUEST = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
"""The response to what is no HTTP request, which nothing else answers."""

_PHRASES = {status.value: status.phrase for status in HTTPStatus}


@dataclass(frozen=True, slots=True)
class Accepted:
    subprotocol: str | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    status: int
    body: str


type Answer = Accepted | Refused


def answer(handshake: Response, decided: Answer) -> Response:
    """Give the response to a handshake that is in itself in order."""
    match decided:
        case Accepted(subprotocol):
            if subprotocol is not None:
                handshake.headers["Sec-WebSocket-Protocol"] = subprotocol
            return handshake
        case Refused(status, body):
            content = body.encode()
            headers = Headers({"Content-Type": "application/json", "Connection": "close"})
            headers["Content-Length"] = str(len(content))
            return Response(status, phrase(status), headers, content)


def phrase(status: int) -> str:
    """Give HTTP's words for a status, or some for one that HTTP does not know."""
    return _PHRASES.get(status, "Refused")


def farewell(protocol: ServerProtocol) -> tuple[int, str]:
    """Give code and reason of the side that closed first, as `$disconnect` is told them."""
    received, sent = protocol.close_rcvd, protocol.close_sent
    if received is not None and (sent is None or protocol.close_rcvd_then_sent):
        if received.code == CloseCode.NO_STATUS_RCVD:
            return received.code, "Client-side close frame status not set"
        return received.code, received.reason
    if sent is not None:
        return sent.code, sent.reason
    return CloseCode.ABNORMAL_CLOSURE, ""
