"""Each function has the grants it needs, and no other."""

import pytest

from chat.files.keys import TAKEN, UPLOADS
from testing.template import (
    FUNCTIONS,
    RESOURCES,
    Function,
    grants,
    referred,
    resources,
)

EVERYTHING = "*"
# AWS knows no narrower resource for them:
# https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html
# https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
WITHOUT_RESOURCE = {"xray:PutTraceSegments", "xray:PutTelemetryRecords", "dynamodb:ListStreams"}
# The role by which API Gateway writes all logs of the account, as AWS prescribes it:
# https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
ACCOUNT_ROLE = "AccountLogSettingRole"
# The roles by which CodeDeploy moves aliases.
DEPLOYING_ROLES = {
    referred(group["ServiceRoleArn"])
    for group in resources("AWS::CodeDeploy::DeploymentGroup").values()
}

DOCUMENTS = [
    policy["PolicyDocument"]
    for role in resources("AWS::IAM::Role").values()
    for policy in role.get("Policies", [])
] + [
    policy["PolicyDocument"]
    for kind in ("AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy", "AWS::IAM::Policy")
    for policy in resources(kind).values()
]
GRANTS = [grant for document in DOCUMENTS for grant in grants(document)]

each_function = pytest.mark.parametrize("function", FUNCTIONS.values(), ids=FUNCTIONS.keys())


def variables_of(function: Function, suffix: str) -> set[str]:
    """Name the targets of a function's variables with this suffix."""
    variables = function.variables.items()
    return {referred(value) for variable, value in variables if variable.endswith(suffix)}


def readers(function: Function, table: str) -> set[str]:
    reading = ("GetItem", "BatchGetItem", "Query", "Scan", "ConditionCheckItem")
    return function.targets(*(f"dynamodb:{action}" for action in reading)) & {table}


def test_no_action_is_granted_by_wildcard() -> None:
    assert not [grant for grant in GRANTS if EVERYTHING in grant.action]


def test_only_tracing_and_listing_streams_are_granted_on_all_resources() -> None:
    unbounded = {grant.action for grant in GRANTS if grant.on == EVERYTHING}

    assert unbounded == WITHOUT_RESOURCE


def test_only_connections_and_files_are_granted_by_pattern() -> None:
    patterns = {grant.target for grant in GRANTS if grant.on != EVERYTHING and "*" in grant.target}
    files = {f"${{AttachmentsBucket.Arn}}/{place}*" for place in (UPLOADS, TAKEN)}

    api = "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${ChatApi}"
    assert patterns - files == {
        f"{api}/${{StageName}}/{verb}/@connections/*" for verb in ("POST", "DELETE")
    }


def test_only_the_sweep_of_events_scans_and_only_conversations() -> None:
    scanned = {
        (name, grant.target)
        for name, function in FUNCTIONS.items()
        for grant in function.grants
        if grant.action == "dynamodb:Scan"
    }

    assert scanned == {("RelayEventsFunction", "ConversationsTable")}
    assert [grant.action for grant in GRANTS].count("dynamodb:Scan") == 1


def test_each_function_has_a_role_of_its_own() -> None:
    roles = [function.role for function in FUNCTIONS.values()]

    assert len(set(roles)) == len(roles)
    others = {ACCOUNT_ROLE} | DEPLOYING_ROLES
    assert set(roles) | others == resources("AWS::IAM::Role").keys()


@each_function
def test_roles_are_assumed_only_by_lambda(function: Function) -> None:
    trust = RESOURCES[function.role]["Properties"]["AssumeRolePolicyDocument"]

    assert trust["Statement"] == [
        {
            "Effect": "Allow",
            "Principal": {"Service": "lambda.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ]


@each_function
def test_only_managed_policy_is_the_one_for_tracing(function: Function) -> None:
    assert RESOURCES[function.role]["Properties"]["ManagedPolicyArns"] == [{"Ref": "TracingPolicy"}]


@each_function
def test_function_has_variables_for_exactly_its_tables(function: Function) -> None:
    granted = {target.removeprefix("${").split(".")[0] for target in function.targets("dynamodb:*")}

    # Conditional variables and grants have no plain reference.
    assert granted == variables_of(function, "_TABLE") - {""}


@each_function
def test_function_has_variables_for_exactly_its_queues(function: Function) -> None:
    assert function.targets("sqs:SendMessage") == variables_of(function, "_QUEUE_URL")


@each_function
def test_function_has_variables_for_exactly_its_secrets(function: Function) -> None:
    # A conditional variable has no plain reference, and its grant is a policy of its own.
    assert function.targets("secretsmanager:*") == variables_of(function, "_SECRET_ID") - {""}


@each_function
def test_function_has_the_endpoint_only_if_it_may_push(function: Function) -> None:
    may_push = bool(function.targets("execute-api:ManageConnections"))
    variables_of = function.variables.get("MANAGEMENT_ENDPOINT")
    is_told_for_a_provider = (
        isinstance(variables_of, dict) and variables_of["Fn::If"][0] == "ExternalIssuerWanted"
    )

    assert is_told_for_a_provider == (function.name == "AuthenticateFunction")
    assert may_push == bool(variables_of and not is_told_for_a_provider)


@each_function
def test_function_consumes_only_its_own_queue(function: Function) -> None:
    taking = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")

    assert function.targets(*taking) == function.consumed_queues.keys()


def test_only_authenticate_reads_credentials() -> None:
    reading = [
        name for name, function in FUNCTIONS.items() if readers(function, "CredentialsTable")
    ]

    assert reading == ["AuthenticateFunction"]


@pytest.mark.parametrize("name", ["SignOutFunction", "BackendFunction"])
def test_updating_credentials_returns_nothing_without_read_permission(name: str) -> None:
    [change] = [
        grant
        for grant in FUNCTIONS[name].grants
        if (grant.action, grant.target) == ("dynamodb:UpdateItem", "CredentialsTable")
    ]

    # What AWS checks: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
    assert change.condition == {
        "ForAllValues:StringEquals": {"dynamodb:Attributes": ["username", "token_generation"]},
        "StringEqualsIfExists": {"dynamodb:ReturnValues": ["NONE", "UPDATED_OLD", "UPDATED_NEW"]},
    }


def test_only_authenticate_and_the_rotation_read_the_signing_secret() -> None:
    reading = {
        name
        for name, function in FUNCTIONS.items()
        if "SigningSecret" in function.targets("secretsmanager:*")
    }

    assert reading == {"AuthenticateFunction", "RotateSigningKeyFunction"}


def test_only_functions_that_list_read_the_cursors_secret() -> None:
    reading = {
        name
        for name, function in FUNCTIONS.items()
        if "CursorSecret" in function.targets("secretsmanager:*")
    }

    assert reading == {
        "ListConversationsFunction",
        "ListMembersFunction",
        "HistoryFunction",
        "BackendFunction",
    }


def test_only_functions_that_end_sessions_close_connections() -> None:
    closing = {
        name
        for name, function in FUNCTIONS.items()
        if any("/DELETE/" in target for target in function.targets("execute-api:ManageConnections"))
    }

    assert closing == {"AuthDeadlineFunction", "SignOutFunction", "BackendFunction"}


def test_the_backends_policy_allows_to_invoke_one_function_and_nothing_else() -> None:
    document = resources("AWS::IAM::ManagedPolicy")["BackendPolicy"]["PolicyDocument"]

    granted = [(grant.action, grant.target) for grant in grants(document)]

    assert granted == [("lambda:InvokeFunction", "BackendFunction")]


def test_account_log_role_is_set_before_the_stage() -> None:
    # API Gateway rejects it if the account has none:
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-apigateway-account.html
    assert RESOURCES["AccountLogSetting"]["DependsOn"] == "ChatApi"
