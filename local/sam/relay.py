"""Lets containers reach a port of this machine's loopback, at the address of their bridge."""

import socket
import socketserver
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Thread

_CONNECT_SECONDS = 5
_BYTES = 65536


@contextmanager
def relay(address: str, to_port: int) -> Iterator[int]:
    """Relay a free port of `address`, and of no other address, to the loopback while it lasts."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with suppress(OSError), _connected(to_port) as local:
                back = Thread(target=_pump, args=(local, self.request), daemon=True)
                back.start()
                _pump(self.request, local)
                back.join()

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        request_queue_size = 128

    with Server((address, 0), Handler) as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        try:
            yield int(server.server_address[1])
        finally:
            server.shutdown()


def _connected(port: int) -> socket.socket:
    local = socket.create_connection(("127.0.0.1", port), timeout=_CONNECT_SECONDS)
    local.settimeout(None)
    return local


def _pump(source: socket.socket, sink: socket.socket) -> None:
    """Pass on until the source ends, and say so to the sink."""
    with suppress(OSError):
        while data := source.recv(_BYTES):
            sink.sendall(data)
    with suppress(OSError):
        sink.shutdown(socket.SHUT_WR)
