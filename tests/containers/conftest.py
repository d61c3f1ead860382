import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.options import Options
from local.sam.engine import Engine
from local.stack import Stack
from local.tools import LocalStackError


@pytest.fixture(scope="session")
def engine() -> Engine:
    try:
        return Engine.find()
    except LocalStackError as error:
        if os.environ.get("PARLEY_NEEDS_ENGINE"):
            pytest.fail(str(error))
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def stack(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:  # noqa: ARG001 -- asked for first
    folder: Path = tmp_path_factory.mktemp("stack")
    # Nobody listens there: the relay is deployed, and its events wait.
    webhook = {"WebhookUrl": "http://127.0.0.1:9/"}
    with Stack(Options.for_tests(folder, webhook, demo=True), print) as stack:
        yield stack
