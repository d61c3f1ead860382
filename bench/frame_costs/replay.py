"""A fake AWS that returns recorded answers, which runs as a process of its own.

It serves DynamoDB, SQS and Secrets Manager. It is started with the name of a file of answers.
"""

import json
import sys
from collections import Counter
from http import HTTPStatus
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

from bench.fake_dynamodb import Handler
from bench.frame_costs.recording import Answer, answer_key

KEYS = {"current": "first", "first": "k" * 32}
"""The signing keys of a simulation."""


class ReplayHandler(Handler):
    recorded: dict[str, list[Answer]]
    asked: Counter[str]

    def answer(self, operation: str, asked: bytes) -> bytes:
        request = json.loads(asked)
        self.status = HTTPStatus.OK
        match operation:
            case "SendMessage":
                return b'{"MessageId": "1", "MD5OfMessageBody": "1"}'
            case "SendMessageBatch":
                taken = [{"Id": each["Id"], "MessageId": "1"} for each in request["Entries"]]
                return json.dumps({"Successful": taken, "Failed": []}).encode()
            case "GetSecretValue":
                return json.dumps({"SecretString": json.dumps(KEYS)}).encode()
            case _:
                return self._recorded(operation, request)

    def _recorded(self, operation: str, request: dict[str, Any]) -> bytes:
        key = answer_key(operation, request)
        answers = self.recorded[key]
        self.status, answer = answers[self.asked[key] % len(answers)]
        self.asked[key] += 1
        return _counted(answer, request).encode()


def _counted(answer: str, request: dict[str, Any]) -> str:
    """Let the counter of the present minute say 1, whichever minute was recorded."""
    names = request.get("ExpressionAttributeNames", {}).values()
    counters = [name for name in names if "_in_" in name]
    if not counters:
        return answer
    parsed = json.loads(answer)
    parsed["Attributes"][max(counters)] = {"N": "1"}
    return json.dumps(parsed)


def main() -> None:
    settings = json.loads(sys.argv[1])
    ReplayHandler.recorded = json.loads(Path(settings["answers"]).read_text())
    ReplayHandler.asked = Counter()
    server = ThreadingHTTPServer(("127.0.0.1", 0), ReplayHandler)
    sys.stdout.write(f"{server.server_address[1]}\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main()
