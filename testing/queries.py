"""Which partition a recorded request to DynamoDB queries."""

import re
from collections.abc import Mapping
from typing import Any

_HASH_CONDITION = re.compile(r"^\(*(#\w+) = (:\w+)")


def queried_partition(params: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Give the partition key's value; None for a scan, which reads all, and for an index."""
    if "IndexName" in params or "KeyConditionExpression" not in params:
        return None
    condition = _HASH_CONDITION.match(params["KeyConditionExpression"])
    assert condition, params["KeyConditionExpression"]
    value: Mapping[str, Any] = params["ExpressionAttributeValues"][condition[2]]
    return value
