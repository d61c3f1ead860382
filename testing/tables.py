"""The template's tables, made in moto."""

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

import yaml
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends
from moto.dynamodb.models.table import Table
from mypy_boto3_dynamodb import DynamoDBClient
from pynamodb.connection import Connection
from pynamodb.models import Model

from chat.storage import tables
from chat.storage.database import Gather, bind
from testing.direct_tables import answer_directly

TEMPLATE = Path(__file__).parents[1] / "template.yaml"

MODELS: Mapping[str, type[Model]] = {
    "CredentialsTable": tables.CredentialRow,
    "LoginAttemptsTable": tables.LoginAttemptRow,
    "IdentitiesTable": tables.IdentityRow,
    "UsersTable": tables.UserRow,
    "ProfilesTable": tables.ProfileRow,
    "ConnectionsTable": tables.ConnectionRow,
    "SessionsTable": tables.SessionRow,
    "ConversationsTable": tables.ConversationRow,
    "MembershipsTable": tables.MembershipRow,
    "RosterTable": tables.RosterRow,
    "MessagesTable": tables.MessageRow,
    "ChangesTable": tables.ChangeRow,
    "ReactionsTable": tables.ReactionRow,
    "BansTable": tables.BanRow,
    "ReportsTable": tables.ReportRow,
    "SentTable": tables.SentRow,
    "AttachmentsTable": tables.AttachmentRow,
    "UploadTotalsTable": tables.UploadTotalRow,
    "DevicesTable": tables.DeviceRow,
    "DeviceOwnersTable": tables.DeviceOwnerRow,
    "NotifiedTable": tables.NotifiedRow,
    "WatchersTable": tables.WatcherRow,
    "RelaysTable": tables.RelayRow,
}
"""Each table's model by the table's name in the template."""

_CREATED = ("KeySchema", "AttributeDefinitions", "GlobalSecondaryIndexes", "BillingMode")


def one_by_one(*calls: Callable[[], Any]) -> list[Any]:
    """Make calls one after another: moto is not thread-safe, and tests need one order."""
    return [call() for call in calls]


class _CloudFormation(yaml.SafeLoader):
    """Reads `!Ref` and its like as their bare values, which the tables' keys do not use."""


def _bare(loader: yaml.SafeLoader, _tag: str, node: yaml.Node) -> object:
    if isinstance(node, yaml.ScalarNode):
        return loader.construct_scalar(node)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    assert isinstance(node, yaml.MappingNode)
    return loader.construct_mapping(node, deep=True)


_CloudFormation.add_multi_constructor("!", _bare)


@cache
def bound_tables(region: str) -> Connection:
    """Bind the models once per process: creating the client takes most of a test's time."""
    names = {model: name for name, model in MODELS.items()}
    answer_directly(region)
    return bind(names, region, _paired)


def _paired(*calls: Callable[[], Any]) -> list[Any]:
    return Pairing.together(*calls)


class Pairing:
    """How concurrent requests are made: one by one, unless a test says otherwise."""

    together: ClassVar[Gather] = staticmethod(one_by_one)


def create_tables(client: DynamoDBClient) -> None:
    """Create every table as the template declares it, by requests once per process."""
    stored = dynamodb_backends[DEFAULT_ACCOUNT_ID][client.meta.region_name].tables
    if not _created:
        for name, properties in _declared_tables().items():
            client.create_table(TableName=name, **properties)
        _created.update({name: deepcopy(stored[name]) for name in MODELS})
    stored.update(deepcopy(_created))


_created: dict[str, Table] = {}


@cache
def _declared_tables() -> dict[str, Any]:
    # As it is written: no table stands in a loop of the template.
    template = yaml.load(TEMPLATE.read_text(), _CloudFormation)  # noqa: S506 -- a safe loader's child
    resources = template["Resources"]
    return {
        name: {k: v for k, v in resources[name]["Properties"].items() if k in _CREATED}
        for name in MODELS
    }


@cache
def key_names(table: str) -> tuple[str, ...]:
    """Name the attributes of a table's key, the partition's first."""
    return tuple(each["AttributeName"] for each in _declared_tables()[table]["KeySchema"])


@dataclass(frozen=True, slots=True)
class Index:
    keys: tuple[str, ...]
    attributes: frozenset[str]
    """All that it shows: its own keys, those of the table, and what it includes."""


@cache
def declared_indexes(table: str) -> tuple[Index, ...]:
    declared = _declared_tables()[table].get("GlobalSecondaryIndexes", ())
    return tuple(_index(each, key_names(table)) for each in declared)


def _index(declared: Any, table_keys: tuple[str, ...]) -> Index:  # noqa: ANN401 -- as the template has it
    keys = tuple(each["AttributeName"] for each in declared["KeySchema"])
    included = declared["Projection"].get("NonKeyAttributes", ())
    return Index(keys, frozenset((*keys, *table_keys, *included)))
