from collections.abc import Iterator

import pytest

from tests.integration.local.gateway_under_test import GatewayUnderTest, gateway_for
from tests.integration.local.scripted_aws import ScriptedAws, scripted_aws


@pytest.fixture
def aws() -> Iterator[ScriptedAws]:
    with scripted_aws() as scripted:
        yield scripted


@pytest.fixture
def gateway(aws: ScriptedAws) -> Iterator[GatewayUnderTest]:
    with gateway_for(aws) as opened:
        yield opened
