"""A fake DynamoDB with one long conversation, which answers what `search` asks.

It runs as a process of its own. As DynamoDB does, a Query ends after a megabyte of whole items, and
returns only the attributes that were asked for.
"""

import json
import random
import sys
import time
from http.server import ThreadingHTTPServer
from itertools import count
from typing import Any

from bench.fake_dynamodb import CONVERSATION, Handler
from testing.item_size import item_size
from testing.stored import message_row

QUERY_BYTES = 1_048_576
CONNECTION = "L0SM9cOF000000w="
WORDS = {
    "English": "the quick brown fox jumps over the lazy dog and asks what that was",
    "German": "schöne Grüße über die Straße möchte größer hätte wäre täglich ohne",
    "Russian": "привет как дела сегодня вечером пойдём гулять может быть завтра",
    "Hindi": "नमस्ते आप कैसे हैं आज शाम को मिलेंगे फिर बात करते",
    "Chinese": "你好 今天天气怎么样 我们明天见面吧 这个功能很好用 请看一下这个文件",
}


class Messages:
    """The messages of a conversation, each of so many characters, prepared as answers."""

    def __init__(self, number: int, language: str, characters: int) -> None:
        words, choose = WORDS[language].split(), random.Random(1).choice  # noqa: S311 -- no secret
        self._sizes, self._parts = [0], [""]
        for seq in range(1, number + 1):
            content = ""
            while len(content) < characters:
                content += f"{choose(words)} "
            self._sizes.append(item_size(message_row(CONVERSATION, seq, content, seq)))
            part = {"seq": {"N": str(seq)}, "content": {"S": content}}
            self._parts.append(json.dumps(part, ensure_ascii=False))

    def answer(self, first: int, last: int) -> bytes:
        """Answer a Query that goes down from one number to another."""
        left = QUERY_BYTES
        for seq in count(min(last, len(self._parts) - 1), -1):
            left -= self._sizes[seq] if seq >= first else 0
            if seq < first or left < 0:
                break
        items = ",".join(reversed(self._parts[seq + 1 : last + 1]))
        key = {"conversation_id": {"S": CONVERSATION}, "seq": {"N": str(seq + 1)}}
        more = "" if seq < first else f',"LastEvaluatedKey":{json.dumps(key)}'
        return f'{{"Items":[{items}]{more}}}'.encode()


class SearchHandler(Handler):
    messages: Messages
    number: int

    def answer(self, operation: str, asked: bytes) -> bytes:
        request = json.loads(asked)
        match operation:
            case "Query":
                values = request["ExpressionAttributeValues"].values()
                first, last = sorted(int(each["N"]) for each in values if "N" in each)
                return self.messages.answer(first, last)
            case "UpdateItem":
                counter = max(request["ExpressionAttributeNames"].values())
                return json.dumps({"Attributes": _connection() | {counter: {"N": "1"}}}).encode()
            case _:
                return json.dumps({"Item": _conversation(self.number) | _membership()}).encode()


def _connection() -> dict[str, Any]:
    now = int(time.time())
    return {
        "connection_id": {"S": CONNECTION},
        "source": {"S": "192.0.2.1"},
        "connected_at": {"N": str(now * 1000)},
        "expires_at": {"N": str(now + 8_100)},
        "user_id": {"S": "f" * 32},
        "username": {"S": "member"},
        "session_ends_at": {"N": str((now + 43_200) * 1000)},
    }


def _conversation(number: int) -> dict[str, Any]:
    return {
        "conversation_id": {"S": CONVERSATION},
        "kind": {"S": "group"},
        "created_at": {"N": "1795371554123"},
        "last_activity_at": {"N": "1795371554123"},
        "member_count": {"N": "2"},
        "last_seq": {"N": str(number)},
    }


def _membership() -> dict[str, Any]:
    return {
        "user_id": {"S": "f" * 32},
        "username": {"S": "member"},
        "role": {"S": "member"},
        "joined_at": {"N": "0"},
        "last_read_seq": {"N": "0"},
    }


def main() -> None:
    settings = json.loads(sys.argv[1])
    SearchHandler.number = settings["messages"]
    SearchHandler.messages = Messages(
        settings["messages"], settings["language"], settings["characters"]
    )
    server = ThreadingHTTPServer(("127.0.0.1", 0), SearchHandler)
    sys.stdout.write(f"{server.server_address[1]}\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main()
