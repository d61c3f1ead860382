import subprocess
import sys

import pytest

from chat.push.engine import PushEngine
from chat.push.signing import Credentials


def test_importing_the_engine_loads_neither_botocore_nor_a_second_http_client() -> None:
    program = (
        "import sys, chat.push.engine\n"
        "heavy = {'botocore', 'boto3', 'urllib3', 'http', 'asyncio', 'email', 'concurrent'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )

    run = subprocess.run(
        [sys.executable, "-c", program],
        env={"PYTHONPATH": "layers/chat"},
        check=True,
        capture_output=True,
        text=True,
    )

    assert run.stdout.strip() == "[]"


def test_making_an_engine_asks_for_nothing() -> None:
    def nothing() -> Credentials:
        pytest.fail("asked for credentials")

    engine = PushEngine("https://gateway.invalid/prod", "eu-west-1", nothing)

    engine.close()
