import click

from cli.context import Operator, pass_operator
from cli.doctor.conversation import check_conversation
from cli.doctor.endpoints import check_management_endpoint, check_signing_key
from cli.doctor.findings import Check, Finding, examine
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
from cli.examples import examples
from cli.output import Row

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
    epilog=examples("--local doctor", "--json --stack parley --region eu-central-1 doctor")
)
@pass_operator
def doctor(operator: Operator) -> None:
    """Check a deployment: reach every part of it, and send a message through it all.

    Makes two users and a conversation for that, and removes them. Ends with 4 where something is
    wrong, and says what to do about it.
    """
    findings: list[Finding] = []
    for part, check in CHECKS.items():
        finding = examine(part, check, operator.deployment)
        findings.append(finding)
        if not operator.teller.as_json:
            operator.teller.tell(_line(finding))
    if operator.teller.as_json:
        operator.teller.list(map(_row, findings))
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
