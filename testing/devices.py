"""Browsers that can be notified."""

from typing import Any

P256DH = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
AUTH = "BTBZMqHH6r4Tts7J_aSIgg"
"""The keys of RFC 8291's example."""


def endpoint(name: str) -> str:
    """Give the address of a device at a push service."""
    return f"https://push.example.net/{name.replace(' ', '-')}"


def subscription(name: str) -> dict[str, Any]:
    """Give what a browser's `PushSubscription` says as JSON."""
    return {
        "endpoint": endpoint(name),
        "expirationTime": None,
        "keys": {"p256dh": P256DH, "auth": AUTH},
    }
