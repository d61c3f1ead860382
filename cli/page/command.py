from pathlib import Path

import click

from cli.examples import examples
from cli.operating import Operator, pass_operator
from cli.page.bucket import Bucket
from cli.refusals import Refused
from clients.manifest import Manifest, UnknownContentTypeError

FOLDER = Path(__file__).parents[2] / "clients" / "web"


@click.group()
def page() -> None:
    """Put the page where CloudFront serves it from, or take it away."""


@page.command(epilog=examples("--region eu-central-1 page publish"))
@pass_operator
def publish(operator: Operator) -> None:
    """Have the deployed page be the one of this working copy.

    Browsers see it about a second later. What they have loaded before goes on until it is reloaded.
    """
    try:
        done = _bucket(operator).publish(Manifest.load(FOLDER))
    except UnknownContentTypeError as error:
        raise Refused(str(error)) from error
    operator.teller.tell(
        f"{len(done.uploaded)} files uploaded, {len(done.removed)} removed, "
        f"{done.unchanged} were there already: {operator.deployment.outputs['PageUrl']}",
        uploaded=done.uploaded,
        removed=done.removed,
        unchanged=done.unchanged,
    )


@page.command(epilog=examples("--region eu-central-1 page remove"))
@pass_operator
def remove(operator: Operator) -> None:
    """Empty the page's bucket, former versions included, as deleting it demands."""
    removed = _bucket(operator).empty()
    operator.teller.tell(f"{removed} versions of files removed.", removed=removed)


def _bucket(operator: Operator) -> Bucket:
    deployment = operator.deployment
    if "PageBucket" not in deployment.outputs:
        raise Refused(f"{deployment.stack} serves no page: deploy it with WebPage=true.")
    return Bucket(deployment.outputs["PageBucket"], deployment.session.client("s3"))
