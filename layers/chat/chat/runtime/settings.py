"""What the template tells a function, read once and checked."""

from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import fields


class Settings(Struct, frozen=True, kw_only=True):
    """Each field is the environment variable of the same name in capitals.

    A function is given only what it uses; a number that is left out has its default.
    """

    aws_region: str
    aws_ca_bundle: str = ""
    credentials_table: str = ""
    guesses_table: str = ""
    identities_table: str = ""
    users_table: str = ""
    connections_table: str = ""
    sessions_table: str = ""
    conversations_table: str = ""
    memberships_table: str = ""
    roster_table: str = ""
    messages_table: str = ""
    sent_table: str = ""
    management_endpoint: str = ""
    greet_queue_url: str = ""
    auth_deadline_queue_url: str = ""
    fanout_queue_url: str = ""
    signing_secret_id: str = ""
    cursor_secret_id: str = ""
    token_issuer: str = "parley"  # noqa: S105 -- a name, no secret
    token_audience: str = "parley"  # noqa: S105 -- whom tokens are for, no secret
    allowed_origins: str = ""
    edge_key: str = ""
    external_issuer: str = ""
    external_audience: str = ""
    external_keys_url: str = ""
    external_username_claim: str = "preferred_username"
    session_seconds: int = 12 * 60 * 60
    auth_deadline_seconds: int = 30
    heartbeat_seconds: int = 30
    big_room_connections: int = 500
    inline_push_limit: int = 500
    guesses_of_user_per_hour: int = 100
    guesses_of_network_per_hour: int = 1000
    authentications_per_minute: int = 30
    history_per_minute: int = 300
    lists_per_minute: int = 120
    changes_per_minute: int = 60
    conversations_per_user: int = 1000
    members_per_conversation: int = 10_000
    messages_per_minute: int = 600
    typing_per_minute: int = 240
    receipts_per_minute: int = 600
    connections_per_user: int = 100


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Read the settings out of environment variables.

    Raises:
        ValueError: a variable that must be there is missing, or one that is a number is not.
    """
    values: dict[str, str | int] = {}
    for setting in fields(Settings):
        variable = setting.name.upper()
        if variable in environment:
            values[setting.name] = _parse(variable, environment[variable], setting.type)
        elif setting.required:
            raise ValueError(f"The environment variable {variable} is missing.")
    return Settings(**values)  # type: ignore[arg-type]  # _parse gave each field its type


def _parse(variable: str, text: str, kind: object) -> str | int:
    if kind is not int:
        return text
    if not text.isdecimal():
        raise ValueError(f"The environment variable {variable} is not a whole number: {text!r}.")
    return int(text)
