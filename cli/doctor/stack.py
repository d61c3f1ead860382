"""Checks that the stack and its resources exist and are settled."""

from cli.deployment import Deployment
from cli.doctor.findings import CheckFailed

_SETTLED = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "IMPORT_COMPLETE")
_DEAD_LETTERS = "DeadLetterQueueUrl"


def check_stack(deployment: Deployment) -> str:
    if deployment.status not in _SETTLED:
        raise CheckFailed(
            f"{deployment.stack} is {deployment.status}",
            "If it is in progress, wait. If not, the stack's events say why: deploy again.",
        )
    return f"{deployment.stack} is {deployment.status}"


def check_functions(deployment: Deployment) -> str:
    """Look at every function of the stack, however many there are."""
    client = deployment.session.client("lambda")
    names = _physical_ids(deployment, "AWS::Lambda::Function")
    if not names:
        raise CheckFailed("the stack has no functions", "Deploy again: make deploy")
    for name in names:
        state = client.get_function_configuration(FunctionName=name)
        now = (state.get("State", "Active"), state.get("LastUpdateStatus", "Successful"))
        if now != ("Active", "Successful"):
            raise CheckFailed(
                f"{name} is {now[0]}, its last update {now[1]}",
                state.get("LastUpdateStatusReason") or "Deploy again: make deploy",
            )
    return f"{len(names)} functions are active"


def check_tables(deployment: Deployment) -> str:
    client = deployment.session.client("dynamodb")
    for key, name in deployment.tables.items():
        table = client.describe_table(TableName=name)["Table"]
        if table["TableStatus"] not in ("ACTIVE", "UPDATING"):
            raise CheckFailed(
                f"{key} is {table['TableStatus']}", "Restore it: docs/operations.md, Restoring."
            )
    return f"{len(deployment.tables)} tables are active"


def check_backups(deployment: Deployment) -> str:
    if deployment.is_local:
        return "a local stack has none"
    client = deployment.session.client("dynamodb")
    for key, name in deployment.tables.items():
        backups = client.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
        recovery = backups.get("PointInTimeRecoveryDescription", {})
        if recovery.get("PointInTimeRecoveryStatus") != "ENABLED":
            raise CheckFailed(
                f"{key} cannot be restored to a point in time",
                "Backups were switched off, or the table was restored without them: deploy again.",
            )
    return f"{len(deployment.tables)} tables can be restored to any second"


def check_queues(deployment: Deployment) -> str:
    client = deployment.session.client("sqs")
    urls = {key: url for key, url in deployment.outputs.items() if key.endswith("QueueUrl")}
    for key, url in urls.items():
        names = client.get_queue_attributes(
            QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"]
        )
        waiting = int(names["Attributes"]["ApproximateNumberOfMessages"])
        if key.endswith(_DEAD_LETTERS) and waiting:
            raise CheckFailed(
                f"{waiting} messages are in {key.removesuffix('Url')}",
                "Find out why, then redrive or delete them: docs/operations.md, dead-letters.",
            )
    return f"{len(urls)} queues answer, and no dead-letter queue has messages"


def check_key_rotation(deployment: Deployment) -> str:
    """Look for a version of the signing secret that a rotation started and did not finish."""
    client = deployment.session.client("secretsmanager")
    secret = client.describe_secret(SecretId=deployment.outputs["SigningSecretArn"])
    for version, stages in secret.get("VersionIdsToStages", {}).items():
        if "AWSPENDING" in stages and "AWSCURRENT" not in stages:
            raise CheckFailed(
                f"version {version} of the signing secret is AWSPENDING",
                "Wait if a rotation is running. If not: docs/operations.md, key-rotation-fails.",
            )
    return "no rotation is unfinished"


def check_page(deployment: Deployment) -> str:
    if "PageBucket" not in deployment.outputs:
        return "this stack serves no web app"
    bucket = deployment.outputs["PageBucket"]
    found = deployment.session.client("s3").list_objects_v2(Bucket=bucket, Prefix="index.html")
    if not found["KeyCount"]:
        raise CheckFailed("the web app is not published", "Publish it: make page")
    return f"the web app is published: {deployment.outputs['PageUrl']}"


def check_alarms(deployment: Deployment) -> str:
    client = deployment.session.client("cloudwatch")
    prefix = f"{deployment.stack}-"
    ringing = client.describe_alarms(AlarmNamePrefix=prefix, StateValue="ALARM")["MetricAlarms"]
    if ringing:
        names = ", ".join(each["AlarmName"] for each in ringing)
        raise CheckFailed(f"ringing: {names}", "docs/operations.md says for each alarm what to do.")
    return "no alarm rings"


def _physical_ids(deployment: Deployment, kind: str) -> list[str]:
    client = deployment.session.client("cloudformation")
    pages = client.get_paginator("list_stack_resources").paginate(StackName=deployment.stack)
    return [
        each["PhysicalResourceId"]
        for page in pages
        for each in page["StackResourceSummaries"]
        if each["ResourceType"] == kind
    ]
