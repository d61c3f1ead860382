"""Who the emulator takes us for."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Account:
    """Keys and region. The emulator takes `test` for the root user."""

    key_id: str = "test"
    secret: str = "test"  # noqa: S105 - the emulator's well-known key
    region: str = "us-east-1"


TEST_ACCOUNT = Account()
