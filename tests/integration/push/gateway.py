"""An HTTP server in threads that does to each connection what a script says."""

import contextlib
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from typing import NamedTuple, Self
from urllib.parse import unquote

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
_RESET = struct.pack("ii", 1, 0)


class Request(NamedTuple):
    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def connection_id(self) -> str:
        return unquote(self.path.rpartition("/")[2])


class Hangup(Exception):
    """The client closed, or the test is over."""


class Peer:
    """One accepted connection, as a script sees it."""

    def __init__(self, gateway: "Gateway", sock: socket.socket, number: int) -> None:
        self.number = number
        self._gateway = gateway
        self._socket = sock
        self._received = b""

    def read_request(self) -> Request:
        head = self._read_until(b"\r\n\r\n").decode().split("\r\n")
        method, path, _ = head[0].split(" ")
        headers = dict(line.split(": ", 1) for line in head[1:] if line)
        request = Request(method, path, headers, self._read(int(headers["Content-Length"])))
        self._gateway.requests.append(request)
        return request

    def requests(self) -> Iterator[Request]:
        while True:
            yield self.read_request()

    def send(self, data: bytes) -> None:
        self._socket.sendall(data)

    def answer(self, status: int, *headers: str, body: bytes = b"") -> None:
        fields = [f"HTTP/1.1 {status} Whatever", f"Content-Length: {len(body)}", *headers]
        self.send("\r\n".join(fields).encode() + b"\r\n\r\n" + body)

    def says_more(self) -> bool:
        """Tell whether the client sent anything beyond what was read, within a moment."""
        self._socket.settimeout(0.02)
        with contextlib.suppress(TimeoutError):
            self._received += self._socket.recv(1)
        self._socket.settimeout(None)
        return bool(self._received)

    def wait_for_hangup(self) -> None:
        while True:
            self._receive()

    def reset(self) -> None:
        """Close in a way that the client sees at once as an error."""
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        self._socket.close()

    def _read_until(self, end: bytes) -> bytes:
        while end not in self._received:
            self._receive()
        head, _, self._received = self._received.partition(end)
        return head

    def _read(self, length: int) -> bytes:
        while len(self._received) < length:
            self._receive()
        data, self._received = self._received[:length], self._received[length:]
        return data

    def _receive(self) -> None:
        data = self._socket.recv(65_536)
        if not data:
            raise Hangup
        self._received += data


type Script = Callable[[Peer], None]


class Gateway:
    """Accepts connections, and runs a script for each in a thread of its own."""

    def __init__(self, script: Script, tls: ssl.SSLContext | None = None) -> None:
        self.requests: list[Request] = []
        self.connections = 0
        self.most_at_once = 0
        self._script = script
        self._tls = tls
        self._open: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port: int = self._listener.getsockname()[1]

    @property
    def url(self) -> str:
        return f"https://localhost:{self.port}" if self._tls else f"http://127.0.0.1:{self.port}"

    def bodies(self, connection_id: str) -> list[bytes]:
        """List what was posted to a connection, lost answers included."""
        return [request.body for request in self.requests if request.connection_id == connection_id]

    def hang_up(self) -> None:
        """Close every connection, while the client is not looking."""
        with self._lock:
            for sock in self._open:
                with contextlib.suppress(OSError):
                    sock.shutdown(socket.SHUT_RDWR)
        for thread in self._threads[1:]:
            thread.join()

    def refuse_connections(self) -> None:
        """Keep the connections there are, and let no other in."""
        if self._listener.fileno() >= 0:
            self._listener.shutdown(socket.SHUT_RDWR)
            self._threads[0].join()
            self._listener.close()

    def __enter__(self) -> Self:
        self._run(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        self.refuse_connections()
        self.hang_up()

    def _run(self, target: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=target, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return  # shut down: the test is over
            with self._lock:
                self._open.add(sock)
                self.most_at_once = max(self.most_at_once, len(self._open))
            self.connections += 1
            self._run(self._serve, sock, self.connections - 1)

    def _serve(self, sock: socket.socket, number: int) -> None:
        # Whatever a script provokes, and whatever the client does then, ends the connection.
        with contextlib.suppress(OSError, Hangup):
            if self._tls is not None:
                sock = self._exchange(sock, self._tls)
                sock.do_handshake()
            self._script(Peer(self, sock, number))
        with self._lock:
            self._open.discard(sock)
        sock.close()

    def _exchange(self, sock: socket.socket, tls: ssl.SSLContext) -> ssl.SSLSocket:
        with self._lock:
            self._open.discard(sock)
            secured = tls.wrap_socket(sock, server_side=True, do_handshake_on_connect=False)
            self._open.add(secured)
        return secured


def obliging(peer: Peer) -> None:
    """Answer everything well."""
    for _ in peer.requests():
        peer.send(OK)


def silent(peer: Peer) -> None:
    """Read, and never answer."""
    peer.wait_for_hangup()


def saying(answer: bytes) -> Script:
    """Give the same bytes as every answer."""

    def script(peer: Peer) -> None:
        for _ in peer.requests():
            peer.send(answer)

    return script


def answering(*statuses: int) -> Script:
    """Answer one request after another with these, whatever connection it comes by, then 200."""
    left = list(statuses)
    lock = threading.Lock()

    def script(peer: Peer) -> None:
        for _ in peer.requests():
            with lock:
                status = left.pop(0) if left else 200
            peer.answer(status)

    return script


def first(script: Script, then: Script = obliging) -> Script:
    """Treat the first connection in one way, and later ones in another."""
    return lambda peer: (then if peer.number else script)(peer)
