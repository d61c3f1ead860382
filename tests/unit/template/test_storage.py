"""What is stored is encrypted and recoverable, and kept exactly as long as it is wanted."""

import pytest

from testing.template import RESOURCES, TEMPLATE, referred, resources

TABLES = resources("AWS::DynamoDB::Table")
SECRETS = resources("AWS::SecretsManager::Secret")
FOR_GOOD = {
    "CredentialsTable",
    "UsersTable",
    "IdentitiesTable",
    "ConversationsTable",
    "MembershipsTable",
    "MessagesTable",
}
PASSING = {"LoginAttemptsTable", "ConnectionsTable", "SessionsTable", "RosterTable", "SentTable"}

each_table = pytest.mark.parametrize("name", TABLES)


def test_every_table_is_either_kept_for_good_or_passing() -> None:
    assert TABLES.keys() == FOR_GOOD | PASSING


@each_table
def test_a_table_costs_nothing_while_nobody_talks(name: str) -> None:
    assert TABLES[name]["BillingMode"] == "PAY_PER_REQUEST"


@each_table
def test_a_table_is_encrypted_and_recoverable(name: str) -> None:
    assert TABLES[name]["SSESpecification"] == {"SSEEnabled": True}
    assert TABLES[name]["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}


def test_the_roster_is_warmed_where_it_is_asked_for() -> None:
    condition, warm, otherwise = TABLES["RosterTable"]["WarmThroughput"]["Fn::If"]

    assert TEMPLATE["Conditions"][condition] == {
        "Fn::Not": [{"Fn::Equals": [{"Ref": "WarmThroughput"}, 0]}]
    }
    assert warm == {"WriteUnitsPerSecond": {"Ref": "WarmThroughput"}}
    assert otherwise == {"Ref": "AWS::NoValue"}
    assert TEMPLATE["Parameters"]["WarmThroughput"]["Default"] == 0


@pytest.mark.parametrize("name", sorted(FOR_GOOD))
def test_what_is_kept_for_good_outlives_the_stack_and_never_expires(name: str) -> None:
    assert RESOURCES[name]["DeletionPolicy"] == "Retain"
    assert RESOURCES[name]["UpdateReplacePolicy"] == "Retain"
    assert "TimeToLiveSpecification" not in TABLES[name]


@pytest.mark.parametrize("name", sorted(FOR_GOOD))
def test_what_is_kept_for_good_is_not_deleted_by_a_slip(name: str) -> None:
    condition, protected, unprotected = TABLES[name]["DeletionProtectionEnabled"]["Fn::If"]

    assert TEMPLATE["Conditions"][condition] == {
        "Fn::Equals": [{"Ref": "DeletionProtection"}, "true"]
    }
    assert TEMPLATE["Parameters"]["DeletionProtection"]["Default"] == "true"
    assert (protected, unprotected) == (True, False)


@pytest.mark.parametrize("name", sorted(PASSING))
def test_what_is_passing_is_not_in_the_way_of_deleting_the_stack(name: str) -> None:
    assert "DeletionProtectionEnabled" not in TABLES[name]


@pytest.mark.parametrize("name", sorted(PASSING))
def test_what_is_passing_expires_and_goes_with_the_stack(name: str) -> None:
    expiry = TABLES[name]["TimeToLiveSpecification"]

    assert expiry == {"AttributeName": "expires_at", "Enabled": True}
    assert RESOURCES[name]["DeletionPolicy"] == "Delete"


@each_table
def test_the_outputs_name_each_table(name: str) -> None:
    assert referred(TEMPLATE["Outputs"][name]["Value"]) == name


@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_is_generated_and_seen_by_nobody(name: str) -> None:
    assert SECRETS[name]["GenerateSecretString"]["PasswordLength"] >= 32
    assert "SecretString" not in SECRETS[name]


@pytest.mark.parametrize("name", ["SigningSecret", "CursorSecret"])
def test_a_secret_that_signs_has_a_current_key(name: str) -> None:
    generated = SECRETS[name]["GenerateSecretString"]

    assert generated["SecretStringTemplate"] == f'{{"current": "{generated["GenerateStringKey"]}"}}'
