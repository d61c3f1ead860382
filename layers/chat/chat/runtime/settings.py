"""A function's settings: its environment variables, read once and checked."""

from collections.abc import Mapping

from msgspec.structs import fields

from chat.actions.limits import Limits


class Settings(Limits, frozen=True, kw_only=True):
    """A function's settings besides its limits.

    A function has only the variables that it uses.
    """

    aws_region: str
    aws_ca_bundle: str = ""
    credentials_table: str = ""
    login_attempts_table: str = ""
    identities_table: str = ""
    users_table: str = ""
    profiles_table: str = ""
    connections_table: str = ""
    sessions_table: str = ""
    conversations_table: str = ""
    memberships_table: str = ""
    roster_table: str = ""
    messages_table: str = ""
    changes_table: str = ""
    reactions_table: str = ""
    bans_table: str = ""
    reports_table: str = ""
    sent_table: str = ""
    attachments_table: str = ""
    upload_totals_table: str = ""
    devices_table: str = ""
    device_owners_table: str = ""
    notified_table: str = ""
    watchers_table: str = ""
    files_bucket: str = ""
    files_endpoint: str = ""
    relays_table: str = ""
    management_endpoint: str = ""
    greet_queue_url: str = ""
    auth_deadline_queue_url: str = ""
    fanout_queue_url: str = ""
    delete_files_queue_url: str = ""
    notify_queue_url: str = ""
    presence_queue_url: str = ""
    signing_secret_id: str = ""
    cursor_secret_id: str = ""
    web_push_secret_id: str = ""
    vapid_subject: str = ""
    token_issuer: str = "parley"  # noqa: S105 -- a name, no secret
    token_audience: str = "parley"  # noqa: S105 -- whom tokens are for, no secret
    before_send_function: str = ""
    before_send_failure: str = ""
    event_bus: str = ""
    event_source: str = "parley"
    webhook_url: str = ""
    webhook_secret_id: str = ""
    webhook_may_be_local: str = ""
    external_issuer: str = ""
    external_audience: frozenset[str] = frozenset()
    external_keys_url: str = ""
    external_username_claim: str = "preferred_username"


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Read the settings out of environment variables, of which an empty one is not there.

    Raises:
        ValueError: a required variable is missing, or a number is not one.
    """
    values: dict[str, str | int | frozenset[str]] = {}
    for setting in fields(Settings):
        variable = setting.name.upper()
        if text := environment.get(variable):
            values[setting.name] = _parse(variable, text, setting.type)
        elif setting.required:
            raise ValueError(f"The environment variable {variable} is missing.")
    return Settings(**values)  # type: ignore[arg-type]  # _parse gave each field its type


def _parse(variable: str, text: str, kind: object) -> str | int | frozenset[str]:
    if kind == frozenset[str]:
        return frozenset(text.split(",")) - {""}
    if kind is not int:
        return text
    if not text.isdecimal():
        raise ValueError(f"The environment variable {variable} is not a whole number: {text!r}.")
    return int(text)
