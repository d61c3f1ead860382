"""The tables that tests run on answer requests directly: as moto answers them, and as wholly."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from testing.invariants import rows
from testing.simulation import Simulation

TABLE = "ReactionsTable"
type Row = dict[str, Any]


def row(name: str, **more: str) -> Row:
    return {
        key: {"S": value}
        for key, value in {"conversation_id": "c", "reacted_by": name, **more}.items()
    }


def test_refused_transaction_changes_no_row(simulation: Simulation) -> None:
    dynamodb = simulation.dynamodb
    for name in ("changed", "deleted"):
        dynamodb.put_item(TableName=TABLE, Item=row(name, content="before"))
    before = rows(TABLE)
    change: Any = {
        "TableName": TABLE,
        "Key": row("changed"),
        "UpdateExpression": "SET #content = :new",
        "ExpressionAttributeNames": {"#content": "content"},
        "ExpressionAttributeValues": {":new": {"S": "after"}},
    }
    missing: Any = {
        "TableName": TABLE,
        "Key": row("missing"),
        "ConditionExpression": "attribute_exists(reacted_by)",
    }

    with pytest.raises(ClientError) as refused:
        dynamodb.transact_write_items(
            TransactItems=[
                {"Update": change},
                {"Delete": {"TableName": TABLE, "Key": row("deleted")}},
                {"Put": {"TableName": TABLE, "Item": row("added")}},
                {"ConditionCheck": missing},
            ]
        )

    reasons = refused.value.response["CancellationReasons"]
    assert [each["Code"] for each in reasons] == ["None", "None", "None", "ConditionalCheckFailed"]
    assert sorted(map(str, rows(TABLE))) == sorted(map(str, before))


def test_committed_transaction_changes_its_rows(simulation: Simulation) -> None:
    dynamodb = simulation.dynamodb
    dynamodb.put_item(TableName=TABLE, Item=row("deleted"))

    dynamodb.transact_write_items(
        TransactItems=[
            {"Delete": {"TableName": TABLE, "Key": row("deleted")}},
            {"Put": {"TableName": TABLE, "Item": row("added")}},
        ]
    )

    assert [each["reacted_by"] for each in rows(TABLE)] == ["added"]


def test_a_simulation_begins_with_empty_tables_though_another_wrote(simulation: Simulation) -> None:
    simulation.dynamodb.put_item(TableName=TABLE, Item=row("old"))

    Simulation()

    assert rows(TABLE) == []
