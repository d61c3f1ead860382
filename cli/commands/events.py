"""The events that the owner's systems get: how far they are, and sending them again."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from chat.protocol.encoding import rfc3339
from chat.protocol.ids import ConversationId
from cli.admin import events as admin
from cli.context import CommandContext, pass_context
from cli.deployment import Deployment
from cli.errors import CommandRefused
from cli.output import Row, Value, help_epilog

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager.client import SecretsManagerClient

PARAMETERS = {"event_bus": "EventBus", "webhook": "WebhookUrl"}
"""The parameter that names each sink."""


@click.group()
def events() -> None:
    """Show how far events were sent to the event bus and the webhook, and send them again."""


@events.command(epilog=help_epilog("events status", "--local events status general"))
@click.argument("conversation_id", required=False)
@pass_context
def status(context: CommandContext, conversation_id: str | None) -> None:
    """Show what waits for each sink, or how far the events of one conversation were sent."""
    sinks = _sinks(context.deployment)
    if conversation_id is None:
        context.output.table(_sink_row(admin.sink_status(sink)) for sink in sinks)
    else:
        context.output.table(_relay_row(ConversationId(conversation_id), sink) for sink in sinks)


@events.command(
    epilog=help_epilog("events replay general --from 17", "events replay --all --from 1")
)
@click.argument("conversation_id", required=False)
@click.option("--from", "seq", type=click.IntRange(min=1), required=True, help="The first number.")
@click.option("--all", "everywhere", is_flag=True, help="All conversations.")
@click.option("--sink", type=click.Choice([*PARAMETERS]), help="Only this sink.")
@pass_context
def replay(
    context: CommandContext,
    conversation_id: str | None,
    *,
    seq: int,
    everywhere: bool,
    sink: str | None,
) -> None:
    """Send everything from a number on again, in order, also what is older than EventsSince."""
    if everywhere == bool(conversation_id):
        raise CommandRefused("Name a conversation, or --all of them.")
    sinks = _sinks(context.deployment, sink)
    if conversation_id:
        admin.relay_status(ConversationId(conversation_id), sinks[0])
        chosen = [ConversationId(conversation_id)]
    else:
        chosen = list(admin.all_conversations())
    admin.replay(chosen, sinks, seq, context.services.now_ms())
    _sweep(context.deployment)
    context.output.message(
        f"{len(chosen)} conversations are sent again from number {seq} on.",
        conversations=len(chosen),
        first=seq,
    )


@events.command(epilog=help_epilog("events retry"))
@pass_context
def retry(context: CommandContext) -> None:
    """Send what waits now, and not when its back-off is over."""
    number = admin.retry(_sinks(context.deployment), context.services.now_ms())
    _sweep(context.deployment)
    context.output.message(f"{number} conversations are tried again.", conversations=number)


@events.command(epilog=help_epilog("events resume webhook"))
@click.argument("sink", type=click.Choice([*PARAMETERS]))
@pass_context
def resume(context: CommandContext, sink: str) -> None:
    """Let a sink that answered 410 (Gone) have events again."""
    _sinks(context.deployment, sink)
    was_stopped = admin.resume(sink)
    _sweep(context.deployment)
    done = f"{sink} gets events again." if was_stopped else f"{sink} was not stopped."
    context.output.message(done, resumed=was_stopped)


@events.command(epilog=help_epilog("events secret"))
@pass_context
def secret(context: CommandContext) -> None:
    """Print the secret that signs webhooks; a former one that still signs comes after it."""
    _print_secrets(context, admin.webhook_secrets(*_secret(context.deployment)))


@events.command("rotate-secret", epilog=help_epilog("events rotate-secret"))
@pass_context
def rotate_secret(context: CommandContext) -> None:
    """Make a new secret. It and the one before both sign, until the next rotation."""
    _print_secrets(context, admin.rotate_webhook_secret(*_secret(context.deployment)))


def _print_secrets(context: CommandContext, secrets: Sequence[str]) -> None:
    context.output.message("\n".join(secrets), secrets=secrets)


def _sinks(deployment: Deployment, sink: str | None = None) -> list[str]:
    """Name the sinks of a deployment, or the one that is asked for.

    Raises:
        CommandRefused: it has none, or not that one.
    """
    given = [name for name, key in PARAMETERS.items() if deployment.parameters.get(key)]
    wanted = [name for name in given if sink in (None, name)]
    if not wanted or "RelaysTable" not in deployment.outputs:
        missing = PARAMETERS[sink] if sink else " or ".join(PARAMETERS.values())
        raise CommandRefused(f"The stack has no such events: deploy it with {missing}.")
    return wanted


def _secret(deployment: Deployment) -> tuple["SecretsManagerClient", str]:
    _sinks(deployment, "webhook")
    return deployment.session.client("secretsmanager"), deployment.outputs["WebhookSecretArn"]


def _sweep(deployment: Deployment) -> None:
    """Have the function look now at what waits, and not at its next minute."""
    deployment.session.client("lambda").invoke(
        FunctionName=deployment.outputs["RelayEventsFunction"],
        InvocationType="Event",
        Payload=json.dumps({"sweep": "by an operator"}),
    )


def _sink_row(status: admin.SinkStatus) -> Row:
    return {
        "sink": status.sink,
        "conversations_waiting": status.waiting,
        "waiting_since": _time(status.waiting_since),
        "stopped_at": _time(status.stopped_at),
    }


def _relay_row(conversation_id: ConversationId, sink: str) -> Row:
    relay, last_seq = admin.relay_status(conversation_id, sink)
    return {
        "sink": sink,
        "sent_up_to": relay.position if relay else 0,
        "last_seq": last_seq,
        "failures": relay.failures if relay else 0,
        "next_attempt_at": _time(relay.due_at if relay else None),
    }


def _time(at_ms: int | None) -> Value:
    return rfc3339(at_ms) if at_ms else None
