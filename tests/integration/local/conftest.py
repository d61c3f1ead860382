from collections.abc import Iterator

import pytest

from tests.integration.local.gateway_under_test import FrontUnderTest, front_before
from tests.integration.local.scripted_aws import ScriptedAws, scripted_aws


@pytest.fixture
def aws() -> Iterator[ScriptedAws]:
    with scripted_aws() as scripted:
        yield scripted


@pytest.fixture
def front(aws: ScriptedAws) -> Iterator[FrontUnderTest]:
    with front_before(aws) as opened:
        yield opened
