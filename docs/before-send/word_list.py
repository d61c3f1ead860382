"""Refuses messages that have a word of a list. docs/before-send.md says how to deploy it."""  # noqa: INP001 -- deployed by itself

import os
import re
from typing import Any


def handler(event: dict[str, Any], context: object) -> dict[str, str]:  # noqa: ARG001 -- Lambda's signature
    """Answer whether a message may be sent."""
    words = {word.casefold() for word in os.environ.get("WORDS", "").split(",") if word}
    if words & set(re.findall(r"\w+", event["content"].casefold())):
        return {"action": "refuse", "reason": "Please say it in other words."}
    return {"action": "allow"}
