"""The composition root: it builds the services of a function, at its start or on first use."""

import os
import time
import uuid
from functools import cache
from random import SystemRandom
from typing import TYPE_CHECKING

from msgspec import convert
from pynamodb.connection import Connection

from chat.actions.limits import Limits
from chat.actions.services import Services, Sink
from chat.runtime.log import logger
from chat.runtime.metrics import add_metric
from chat.runtime.settings import Settings, read_settings
from chat.storage import tables
from chat.storage.database import bind

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

    from chat.auth.cursors import Cursors
    from chat.auth.external import ExternalIssuer
    from chat.auth.passwords import Passwords
    from chat.auth.tokens import Tokens
    from chat.files.bucket import Bucket
    from chat.hooks.before_send import BeforeSend
    from chat.push.engine import PushEngine
    from chat.push.queue_publisher import QueuePublisher
    from chat.push.web_push import WebPush


@cache
def services() -> Services:
    """Build the services from the environment, once a process."""
    settings = read_settings(os.environ)
    _warn_of_any_origin(settings)
    return build_services(settings)


def warm_up() -> None:
    """Build before the first event what this function's settings name; makes no request to AWS."""
    settings, parts = read_settings(os.environ), services()
    if settings.management_endpoint:
        parts.push()
    if settings.auth_deadline_queue_url:
        parts.publisher()
    parts.before_send()
    if settings.signing_secret_id:
        parts.passwords()
        parts.tokens()
    # The functions that know messages rarely need the bucket.
    if not settings.messages_table:
        parts.files()


def _warn_of_any_origin(settings: Settings) -> None:
    # Only the function of `$connect` has a greet queue and the origins.
    if settings.greet_queue_url and not settings.allowed_origins:
        logger().warning("pages of any origin may connect", extra={"parameter": "AllowedOrigins"})


def build_services(settings: Settings) -> Services:
    connection = bind_tables(settings)
    return Services(
        limits=convert(settings, Limits, from_attributes=True),
        now_ms=lambda: time.time_ns() // 1_000_000,
        new_id=lambda: uuid.uuid4().hex,
        # The system's own: functions that start from one snapshot would all draw the same.
        # https://docs.aws.amazon.com/lambda/latest/dg/snapstart-uniqueness.html
        random=SystemRandom().random,
        sleep=time.sleep,
        add_metric=add_metric,
        push=cache(lambda: _push(settings, connection)),
        publisher=cache(lambda: _publisher(settings, connection)),
        files=cache(lambda: _files(settings, connection)),
        web_push=cache(lambda: _web_push(settings, connection)),
        web_push_key=cache(lambda: _web_push_key(settings, connection)),
        passwords=cache(_passwords),
        tokens=cache(lambda: _tokens(settings, connection)),
        cursors=cache(lambda: _cursors(settings, connection)),
        external_issuer=cache(lambda: _external_issuer(settings)),
        before_send=cache(lambda: _before_send(settings, connection)),
        sinks=cache(lambda: _sinks(settings, connection)),
    )


def bind_tables(settings: Settings) -> Connection:
    """Bind the models whose tables this function's settings name."""
    names = {
        tables.CredentialRow: settings.credentials_table,
        tables.LoginAttemptRow: settings.login_attempts_table,
        tables.UserRow: settings.users_table,
        tables.IdentityRow: settings.identities_table,
        tables.ProfileRow: settings.profiles_table,
        tables.ConnectionRow: settings.connections_table,
        tables.SessionRow: settings.sessions_table,
        tables.ConversationRow: settings.conversations_table,
        tables.MembershipRow: settings.memberships_table,
        tables.RosterRow: settings.roster_table,
        tables.MessageRow: settings.messages_table,
        tables.ChangeRow: settings.changes_table,
        tables.ReactionRow: settings.reactions_table,
        tables.BanRow: settings.bans_table,
        tables.ReportRow: settings.reports_table,
        tables.SentRow: settings.sent_table,
        tables.AttachmentRow: settings.attachments_table,
        tables.UploadTotalRow: settings.upload_totals_table,
        tables.DeviceRow: settings.devices_table,
        tables.DeviceOwnerRow: settings.device_owners_table,
        tables.NotifiedRow: settings.notified_table,
        tables.WatcherRow: settings.watchers_table,
        tables.RelayRow: settings.relays_table,
    }
    return bind({model: name for model, name in names.items() if name}, settings.aws_region)


# The imports below stand inside, so that a function loads only what it uses.


def _push(settings: Settings, connection: Connection) -> "PushEngine":
    from chat.push.endpoint import default_tls  # noqa: PLC0415 -- see above
    from chat.push.engine import PushEngine  # noqa: PLC0415 -- see above
    from chat.push.signing import SessionCredentials  # noqa: PLC0415 -- see above

    return PushEngine(
        settings.management_endpoint,
        settings.aws_region,
        SessionCredentials(connection.session),
        make_tls=lambda: default_tls(settings.aws_ca_bundle),
    )


def _publisher(settings: Settings, connection: Connection) -> "QueuePublisher":
    from chat.push.queue_publisher import QueuePublisher, QueueUrls  # noqa: PLC0415 -- see above

    urls = QueueUrls(
        greet=settings.greet_queue_url,
        auth_deadline=settings.auth_deadline_queue_url,
        fanout=settings.fanout_queue_url,
        delete_files=settings.delete_files_queue_url,
        notify=settings.notify_queue_url,
        presence=settings.presence_queue_url,
    )
    publisher = QueuePublisher(urls, settings.aws_region, session=connection.session)
    publisher.warm_up()
    return publisher


def _files(settings: Settings, connection: Connection) -> "Bucket | None":
    if not settings.files_bucket:
        return None
    from chat.files.bucket import Bucket  # noqa: PLC0415 -- see above

    return Bucket(
        settings.files_bucket,
        settings.aws_region,
        settings.files_endpoint,
        session=connection.session,
    )


def _web_push(settings: Settings, connection: Connection) -> "WebPush | None":
    if not settings.web_push_secret_id:
        return None
    from chat.push.endpoint import default_tls  # noqa: PLC0415 -- see above
    from chat.push.vapid import Vapid  # noqa: PLC0415 -- see above
    from chat.push.web_push import WebPush  # noqa: PLC0415 -- see above

    return WebPush(
        Vapid(_web_push_private_key(settings, connection), settings.vapid_subject),
        # Push services have certificates of any authority, not only of Amazon's.
        default_tls,
        lambda: time.time_ns() // 1_000_000,
        may_be_local=bool(settings.web_push_may_be_local),
    )


def _web_push_key(settings: Settings, connection: Connection) -> str | None:
    if not settings.web_push_secret_id:
        return None
    from chat.push.vapid import public_key_of  # noqa: PLC0415 -- see above

    return public_key_of(_web_push_private_key(settings, connection))


def _web_push_private_key(settings: Settings, connection: Connection) -> "EllipticCurvePrivateKey":
    from chat.push.vapid import private_key_of  # noqa: PLC0415 -- see above
    from chat.runtime.secret_keys import read_keys  # noqa: PLC0415 -- see above

    secret_id, region = settings.web_push_secret_id, settings.aws_region
    current, keys = read_keys(secret_id, region, connection.session)
    return private_key_of(keys[current])


def _passwords() -> "Passwords":
    from chat.auth.passwords import Passwords  # noqa: PLC0415 -- see above

    return Passwords()


def _tokens(settings: Settings, connection: Connection) -> "Tokens":
    from chat.auth.tokens import SigningKeys, Tokens  # noqa: PLC0415 -- see above
    from chat.runtime.secret_keys import read_keys  # noqa: PLC0415 -- see above

    def keys() -> SigningKeys:
        secret_id, region = settings.signing_secret_id, settings.aws_region
        return SigningKeys(*read_keys(secret_id, region, connection.session))

    return Tokens(keys, settings.token_issuer, settings.token_audience)


def _cursors(settings: Settings, connection: Connection) -> "Cursors":
    from chat.auth.cursors import Cursors  # noqa: PLC0415 -- see above
    from chat.runtime.secret_keys import read_keys  # noqa: PLC0415 -- see above

    secret_id, region = settings.cursor_secret_id, settings.aws_region
    current, keys = read_keys(secret_id, region, connection.session)
    return Cursors(keys[current])


def _external_issuer(settings: Settings) -> "ExternalIssuer | None":
    if not settings.external_issuer:
        return None
    from chat.auth.external import ExternalIssuer, fetch_json  # noqa: PLC0415 -- see above

    return ExternalIssuer(
        settings.external_issuer,
        settings.external_audience,
        settings.external_username_claim,
        lambda: fetch_json(settings.external_keys_url),
    )


def _before_send(settings: Settings, connection: Connection) -> "BeforeSend | None":
    if not settings.before_send_function:
        return None
    from chat.hooks.before_send import BeforeSend  # noqa: PLC0415 -- see above

    asking = BeforeSend(
        settings.before_send_function,
        settings.aws_region,
        connection.session,
        allows_on_failure=settings.before_send_failure == "allow",
    )
    asking.warm_up()
    return asking


def _sinks(settings: Settings, connection: Connection) -> "list[Sink]":
    from chat.runtime.sinks import event_sinks  # noqa: PLC0415 -- see above

    return event_sinks(settings, connection.session)
