import click

from cli.context import CommandContext, pass_context
from cli.doctor.conversation import check_conversation
from cli.doctor.endpoints import check_management_endpoint, check_signing_key
from cli.doctor.findings import Check, Finding, run_check
from cli.doctor.replies import check_replies
from cli.doctor.stack import (
    check_alarms,
    check_backups,
    check_functions,
    check_key_rotation,
    check_page,
    check_queues,
    check_stack,
    check_tables,
)
from cli.errors import ExitCode
from cli.output import Row, help_epilog

CHECKS: dict[str, Check] = {
    "stack": check_stack,
    "functions": check_functions,
    "tables": check_tables,
    "backups": check_backups,
    "queues": check_queues,
    "signing key": check_signing_key,
    "key rotation": check_key_rotation,
    "management endpoint": check_management_endpoint,
    "page": check_page,
    "alarms": check_alarms,
    "replies": check_replies,
    "conversation": check_conversation,
}


@click.command(
    epilog=help_epilog("--local doctor", "--json --stack parley --region eu-central-1 doctor")
)
@pass_context
def doctor(context: CommandContext) -> None:
    """Check a deployment: reach every part of it, and send a message through all of it.

    Creates two users and a conversation for that, and deletes them. Ends with 4 if something is
    wrong, and says how to repair it.
    """
    findings: list[Finding] = []
    for part, check in CHECKS.items():
        finding = run_check(part, check, context.deployment)
        findings.append(finding)
        if not context.output.as_json:
            context.output.message(_line(finding))
    if context.output.as_json:
        context.output.table(map(_row, findings))
    if not all(each.healthy for each in findings):
        click.get_current_context().exit(ExitCode.UNHEALTHY)


def _line(finding: Finding) -> str:
    mark = "ok   " if finding.healthy else "WRONG"
    lines = [f"{mark}  {finding.part}: {finding.seen}"]
    if finding.advice:
        lines.append(f"       {finding.advice}")
    return "\n".join(lines)


def _row(finding: Finding) -> Row:
    return {
        "part": finding.part,
        "healthy": finding.healthy,
        "seen": finding.seen,
        "advice": finding.advice,
    }
