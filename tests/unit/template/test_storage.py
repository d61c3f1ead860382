"""Stored data is encrypted, recoverable, and kept exactly as long as intended."""

import re

import pytest

from testing.template import REPOSITORY, RESOURCES, TEMPLATE, referred, resources

TABLES = resources("AWS::DynamoDB::Table")
SECRETS = resources("AWS::SecretsManager::Secret")
FOR_GOOD = {
    "CredentialsTable",
    "UsersTable",
    "ProfilesTable",
    "IdentitiesTable",
    "ConversationsTable",
    "MembershipsTable",
    "MessagesTable",
    "ChangesTable",
    "ReactionsTable",
    "BansTable",
    "ReportsTable",
    "AttachmentsTable",
}
# How far events were sent is of no use without the function that sends them.
PROGRESS = {"RelaysTable"}
PASSING = {
    "LoginAttemptsTable",
    "ConnectionsTable",
    "SessionsTable",
    "RosterTable",
    "SentTable",
    "UploadTotalsTable",
    "DevicesTable",
    "DeviceOwnersTable",
    "NotifiedTable",
    "WatchersTable",
}
WITH_UPLOADS = "AttachmentsTable"
"""Its rows expire until a message has them."""

each_table = pytest.mark.parametrize("name", TABLES)


def test_every_table_is_either_permanent_or_ephemeral() -> None:
    assert TABLES.keys() == FOR_GOOD | PASSING | PROGRESS


def test_operators_read_which_tables_are_kept() -> None:
    page = (REPOSITORY / "docs/operations.md").read_text()
    [listed] = re.findall(r"The \*\*kept tables\*\* hold what must not be lost: ([^.]+)\.", page)

    assert {f"{name}Table" for name in re.split(r",\s+|\s+and\s+", listed)} == FOR_GOOD


@each_table
def test_tables_are_billed_on_demand(name: str) -> None:
    assert TABLES[name]["BillingMode"] == "PAY_PER_REQUEST"


@each_table
def test_a_table_is_encrypted_and_recoverable(name: str) -> None:
    assert TABLES[name]["SSESpecification"] == {"SSEEnabled": True}
    assert TABLES[name]["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}


def test_roster_is_warmed_if_configured() -> None:
    condition, warm, otherwise = TABLES["RosterTable"]["WarmThroughput"]["Fn::If"]

    assert TEMPLATE["Conditions"][condition] == {
        "Fn::Not": [{"Fn::Equals": [{"Ref": "WarmThroughput"}, 0]}]
    }
    assert warm == {"WriteUnitsPerSecond": {"Ref": "WarmThroughput"}}
    assert otherwise == {"Ref": "AWS::NoValue"}
    assert TEMPLATE["Parameters"]["WarmThroughput"]["Default"] == 0


@pytest.mark.parametrize("name", sorted(FOR_GOOD))
def test_permanent_tables_outlive_the_stack_and_never_expire(name: str) -> None:
    assert RESOURCES[name]["DeletionPolicy"] == "Retain"
    assert RESOURCES[name]["UpdateReplacePolicy"] == "Retain"
    assert ("TimeToLiveSpecification" in TABLES[name]) == (name == WITH_UPLOADS)


@pytest.mark.parametrize("name", sorted(FOR_GOOD))
def test_permanent_tables_have_deletion_protection(name: str) -> None:
    condition, protected, unprotected = TABLES[name]["DeletionProtectionEnabled"]["Fn::If"]

    assert TEMPLATE["Conditions"][condition] == {
        "Fn::Equals": [{"Ref": "DeletionProtection"}, "true"]
    }
    assert TEMPLATE["Parameters"]["DeletionProtection"]["Default"] == "true"
    assert (protected, unprotected) == (True, False)


@pytest.mark.parametrize("name", sorted(PASSING))
def test_ephemeral_tables_do_not_block_deleting_the_stack(name: str) -> None:
    assert "DeletionProtectionEnabled" not in TABLES[name]


@pytest.mark.parametrize("name", sorted(PASSING))
def test_ephemeral_tables_expire_and_are_deleted_with_the_stack(name: str) -> None:
    expiry = TABLES[name]["TimeToLiveSpecification"]

    assert expiry == {"AttributeName": "expires_at", "Enabled": True}
    assert RESOURCES[name]["DeletionPolicy"] == "Delete"


@each_table
def test_the_outputs_name_each_table(name: str) -> None:
    assert referred(TEMPLATE["Outputs"][name]["Value"]) == name


@pytest.mark.parametrize("name", SECRETS)
def test_secrets_are_generated(name: str) -> None:
    assert SECRETS[name]["GenerateSecretString"]["PasswordLength"] >= 32
    assert "SecretString" not in SECRETS[name]


@pytest.mark.parametrize("name", ["SigningSecret", "CursorSecret", "WebPushSecret"])
def test_signing_secret_has_a_current_key(name: str) -> None:
    generated = SECRETS[name]["GenerateSecretString"]

    assert generated["SecretStringTemplate"] == f'{{"current": "{generated["GenerateStringKey"]}"}}'
