"""One HTTP request to a port of this machine, past any proxy that is set for the rest."""

from http import HTTPStatus
from http.client import HTTPConnection


class RefusedError(Exception):
    """The answer was not a success."""


def ask(method: str, port: int, path: str, body: bytes | None = None, timeout: float = 30) -> bytes:
    """Give the answer's body.

    Raises:
        RefusedError: it is not a success.
        OSError: nobody answers.
    """
    connection = HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        connection.request(method, path, body)
        answer = connection.getresponse()
        content = answer.read()
    finally:
        connection.close()
    if answer.status >= HTTPStatus.BAD_REQUEST:
        raise RefusedError(f"{method} {path}: {answer.status} {content!r}")
    return content
