"""The models match the template's tables."""

from collections.abc import Mapping
from typing import Any

import pytest
from pynamodb.attributes import Attribute, NumberAttribute
from pynamodb.models import Model

from chat.storage.tables import MembershipRow
from testing.tables import MODELS
from testing.template import resources

each_table = pytest.mark.parametrize(("name", "model"), MODELS.items(), ids=MODELS.keys())

TABLES = resources("AWS::DynamoDB::Table")


def declared(name: str) -> Mapping[str, Any]:
    return TABLES[name]


def key_of(schema: list[Mapping[str, str]]) -> list[str]:
    return [key["AttributeName"] for key in schema]


def attribute_types(name: str) -> dict[str, str]:
    return {a["AttributeName"]: a["AttributeType"] for a in declared(name)["AttributeDefinitions"]}


def type_of(attribute: Attribute[Any]) -> str:
    return "N" if isinstance(attribute, NumberAttribute) else "S"


def test_every_table_of_the_template_has_a_model() -> None:
    assert TABLES.keys() == MODELS.keys()


@each_table
def test_model_key_matches_the_table(name: str, model: type[Model]) -> None:
    attributes = model.get_attributes().values()
    hash_key = [each.attr_name for each in attributes if each.is_hash_key]
    range_key = [each.attr_name for each in attributes if each.is_range_key]

    assert hash_key + range_key == key_of(declared(name)["KeySchema"])


@each_table
def test_model_key_types_match_the_table(name: str, model: type[Model]) -> None:
    attributes = model.get_attributes()

    modelled = {key: type_of(attributes[key]) for key in attribute_types(name)}

    assert modelled == attribute_types(name)


def test_model_index_matches_the_table() -> None:
    index = MembershipRow.by_conversation

    [by_conversation] = declared("MembershipsTable")["GlobalSecondaryIndexes"]

    assert by_conversation["IndexName"] == index.Meta.index_name
    assert key_of(by_conversation["KeySchema"]) == ["conversation_id", "user_id"]


@each_table
def test_table_has_a_ttl_if_its_model_has_one(name: str, model: type[Model]) -> None:
    lives = declared(name).get("TimeToLiveSpecification", {}).get("AttributeName")

    assert lives == ("expires_at" if "expires_at" in model.get_attributes() else None)
