from pathlib import Path

import click

from cli.admin.web_app import Bucket
from cli.context import CommandContext, pass_context
from cli.errors import CommandRefused
from cli.output import help_epilog
from clients.manifest import Manifest

FOLDER = Path(__file__).parents[2] / "clients" / "web" / "dist"


@click.group()
def page() -> None:
    """Publish the web app to the bucket of the stack, or remove it."""


@page.command(epilog=help_epilog("--region eu-central-1 page publish"))
@pass_context
def publish(context: CommandContext) -> None:
    """Replace the deployed web app by the one that was bundled here.

    Browsers load it about a second later. A browser that has loaded the old one keeps it until it
    reloads.
    """
    done = _bucket(context).publish(Manifest.load(FOLDER))
    context.output.message(
        f"{len(done.uploaded)} files uploaded, {len(done.removed)} removed, "
        f"{done.unchanged} unchanged: {context.deployment.outputs['PageUrl']}",
        uploaded=done.uploaded,
        removed=done.removed,
        unchanged=done.unchanged,
    )


@page.command(epilog=help_epilog("--region eu-central-1 page remove"))
@pass_context
def remove(context: CommandContext) -> None:
    """Empty the bucket of the web app with all former versions, which S3 requires to delete it."""
    removed = _bucket(context).empty()
    context.output.message(f"{removed} versions of files removed.", removed=removed)


def _bucket(context: CommandContext) -> Bucket:
    deployment = context.deployment
    if "PageBucket" not in deployment.outputs:
        raise CommandRefused(f"{deployment.stack} serves no web app: deploy it with WebPage=true.")
    return Bucket(deployment.outputs["PageBucket"], deployment.session.client("s3"))
