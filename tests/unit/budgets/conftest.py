from collections.abc import Mapping

import pytest
from moto import mock_aws

from testing.simulation import REGION
from tests.unit.budgets.measurement import Measured, measure_all

type Measures = Mapping[str, Measured]


@pytest.fixture(scope="session")
def alone() -> Measures:
    """Measure everything beside ten other users."""
    return _measures(10)


@pytest.fixture(scope="session")
def in_a_crowd() -> Measures:
    """Measure everything beside ten thousand other users."""
    return _measures(10_000)


def _measures(others: int) -> Measures:
    with mock_aws(), pytest.MonkeyPatch.context() as environment:
        for variable, value in {
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_DEFAULT_REGION": REGION,
        }.items():
            environment.setenv(variable, value)
        return measure_all(others)
