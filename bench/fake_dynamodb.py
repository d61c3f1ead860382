"""A fake DynamoDB with prepared answers, which runs as a process of its own.

A benchmark measures the client's cost against it, without the cost of a real answer.
"""

import json
import ssl
import sys
import time
import zlib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

CONVERSATION = "9a0364b9e99bb480dd25e1f0284c8555"
NOT_SENT = "Query of the notes of a message"


def answers(connections: int) -> dict[str, bytes]:
    """Prepare the answers to a `chat_message` in a room with that many live connections."""
    return {
        operation: json.dumps(answer).encode()
        for operation, answer in {
            "Query": {"Items": [_row(number) for number in range(connections)]},
            NOT_SENT: {"Items": [], "Count": 0, "ScannedCount": 0},
            "UpdateItem": {"Attributes": _conversation()},
            "TransactWriteItems": {},
            "PutItem": {},
        }.items()
    }


def _row(number: int) -> dict[str, Any]:
    now = int(time.time())
    return {
        "conversation_id": {"S": CONVERSATION},
        "connection_id": {"S": f"L0SM9cOF{number:06}w="},
        "user_id": {"S": f"{number:032x}"},
        "username": {"S": f"member-{number}"},
        "session_ends_at": {"N": str((now + 43_200) * 1000)},
        "expires_at": {"N": str(now + 8_100)},
    }


def _conversation() -> dict[str, Any]:
    return {
        "conversation_id": {"S": CONVERSATION},
        "kind": {"S": "group"},
        "created_at": {"N": "1795371554123"},
        "last_activity_at": {"N": "1795371554123"},
        "last_seq": {"N": "42"},
    }


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    answers: dict[str, bytes]
    status = 200

    def do_POST(self) -> None:
        asked = self.rfile.read(int(self.headers["Content-Length"]))
        body = self.answer(self.headers["X-Amz-Target"].partition(".")[2], asked)
        self.send_response(self.status)
        for name, value in {
            "Content-Type": "application/x-amz-json-1.0",
            "Content-Length": str(len(body)),
            "x-amzn-RequestId": "A" * 52,
            "x-amz-crc32": str(zlib.crc32(body)),
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def answer(self, operation: str, asked: bytes) -> bytes:
        is_of_notes = operation == "Query" and json.loads(asked)["TableName"].startswith("sent")
        return self.answers[NOT_SENT if is_of_notes else operation]

    def log_message(self, *_: object) -> None:
        """Say nothing of a request."""


def main() -> None:
    settings = json.loads(sys.argv[1])
    Handler.answers = answers(settings["connections"])
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if settings["certificate"]:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(settings["certificate"])
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    sys.stdout.write(f"{server.server_address[1]}\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main()
