"""ministack as a managed process: what it keeps, and how it ends."""

import io
import json
import os
import signal
import socket
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from mypy_boto3_lambda import LambdaClient

from local.aws import session
from local.emulator import Emulator
from local.tools import LocalStackError
from tests.integration.local.scripted_aws import PATIENCE_SECONDS


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


@pytest.fixture
def emulator(tmp_path: Path) -> Iterator[Emulator]:
    emulator = Emulator(tmp_path, free_port())
    emulator.start()
    yield emulator
    emulator.stop()


def create_table(emulator: Emulator) -> None:
    session().client("dynamodb", endpoint_url=emulator.url).create_table(
        TableName="Messages",
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
    )


def store(emulator: Emulator, message: str) -> None:
    dynamodb = session().client("dynamodb", endpoint_url=emulator.url)
    dynamodb.put_item(TableName="Messages", Item={"id": {"S": message}})


def stored(emulator: Emulator) -> set[str]:
    dynamodb = session().client("dynamodb", endpoint_url=emulator.url)
    return {item["id"]["S"] for item in dynamodb.scan(TableName="Messages")["Items"]}


def tables(emulator: Emulator) -> list[str]:
    return session().client("dynamodb", endpoint_url=emulator.url).list_tables()["TableNames"]


def wait_until(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.005)


def kill(emulator: Emulator, sign: signal.Signals) -> None:
    assert emulator.process.pid is not None
    os.kill(emulator.process.pid, sign)
    emulator.process.wait()


def test_a_graceful_stop_keeps_the_data(emulator: Emulator) -> None:
    emulator.persist()
    create_table(emulator)
    store(emulator, "hello")

    emulator.stop()
    emulator.start()

    assert stored(emulator) == {"hello"}


def test_a_stop_before_persist_keeps_nothing_new(emulator: Emulator) -> None:
    create_table(emulator)

    emulator.stop()
    emulator.start()

    assert tables(emulator) == []


def test_saved_tables_survive_a_kill(emulator: Emulator, tmp_path: Path) -> None:
    state = tmp_path / "state" / "dynamodb.json"
    create_table(emulator)
    emulator.persist()
    wait_until(state.exists)
    store(emulator, "hello")
    emulator.save_tables()
    wait_until(lambda: "hello" in state.read_text())

    kill(emulator, signal.SIGKILL)
    emulator.stop()
    emulator.start()

    assert stored(emulator) == {"hello"}


def test_the_end_of_the_parent_keeps_the_data(emulator: Emulator, tmp_path: Path) -> None:
    create_table(emulator)
    emulator.persist()
    store(emulator, "hello")

    emulator.process.release()
    emulator.process.wait()

    assert "hello" in (tmp_path / "state" / "dynamodb.json").read_text()


def test_data_that_was_stored_under_another_port_is_found(
    emulator: Emulator, tmp_path: Path
) -> None:
    emulator.persist()
    session().client("sqs", endpoint_url=emulator.url).create_queue(QueueName="greet")
    emulator.stop()

    moved = Emulator(tmp_path, free_port())
    moved.start()

    queues = session().client("sqs", endpoint_url=moved.url)
    address = queues.get_queue_url(QueueName="greet")["QueueUrl"]
    queues.send_message(QueueUrl=address, MessageBody="hello")
    assert moved.url.rsplit(":", 1)[1] in address
    moved.stop()


def test_the_files_of_workers_are_deleted(emulator: Emulator, tmp_path: Path) -> None:
    (tmp_path / "tmp" / "worker").mkdir()

    emulator.stop()

    assert not (tmp_path / "tmp").exists()
    assert not (tmp_path / "trash").exists()


def archive(**files: str) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as zipped:
        for name, text in files.items():
            zipped.writestr(f"{name}.py", text)
    return written.getvalue()


def create_function(emulator: Emulator, name: str, code: str, *layers: str) -> LambdaClient:
    iam = session().client("iam", endpoint_url=emulator.url)
    role = iam.create_role(RoleName=f"{name}-role", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    functions = session().client("lambda", endpoint_url=emulator.url)
    functions.create_function(
        FunctionName=name,
        Runtime="python3.13",
        Handler="app.handler",
        Role=role,
        Code={"ZipFile": archive(app=code)},
        Layers=layers,
    )
    return functions


def test_a_layer_is_unpacked_once_for_all_functions(emulator: Emulator) -> None:
    functions = session().client("lambda", endpoint_url=emulator.url)
    layer = functions.publish_layer_version(
        LayerName="shared", Content={"ZipFile": archive(**{"python/shared": "WORD = 'hello'"})}
    )
    code = (
        "import os, shared\n"
        "def handler(event, context):\n"
        "    return [shared.WORD, os.stat(shared.__file__).st_ino]\n"
    )

    answers = []
    for name in ("one", "two"):
        create_function(emulator, name, code, layer["LayerVersionArn"])
        answers.append(json.load(functions.invoke(FunctionName=name)["Payload"]))

    [[word, first], [again, second]] = answers
    assert word == again == "hello"
    assert first == second


def has_a_reader(fifo: Path) -> bool:
    try:
        os.close(os.open(fifo, os.O_WRONLY | os.O_NONBLOCK))
    except OSError:
        return False
    return True


def test_an_invocation_ends_with_the_code_it_began_with(emulator: Emulator, tmp_path: Path) -> None:
    begun, ending = tmp_path / "begun", tmp_path / "ending"
    for fifo in (begun, ending):
        os.mkfifo(fifo)
    code = "def handler(paths, _):\n    return ['old', *(open(path).read() for path in paths)]\n"
    functions = create_function(emulator, "slow", code)
    paths = json.dumps([str(begun), str(ending)])

    with ThreadPoolExecutor() as pool:
        answer = pool.submit(functions.invoke, FunctionName="slow", Payload=paths)
        wait_until(lambda: has_a_reader(begun))
        functions.update_function_code(
            FunctionName="slow", ZipFile=archive(app="def handler(*_):\n    return ['new']\n")
        )
        wait_until(lambda: answer.done() or has_a_reader(ending))

        assert json.load(answer.result()["Payload"]) == ["old", "", ""]
    assert json.load(functions.invoke(FunctionName="slow")["Payload"]) == ["new"]


def test_a_reset_deletes_everything(emulator: Emulator) -> None:
    create_table(emulator)

    emulator.reset()

    assert tables(emulator) == []


def test_the_users_own_aws_settings_do_not_reach_the_functions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "the user's own")

    environment = Emulator(tmp_path, 1).environment

    assert not [name for name in environment if name.startswith("AWS_")]
    assert environment["HOME"] == str(tmp_path / "home")


def test_an_emulator_that_does_not_start_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PARLEY_EMULATOR_PYTHON", sys.executable)
    emulator = Emulator(tmp_path, free_port())

    with pytest.raises(LocalStackError, match="No module named 'ministack'"):
        emulator.start()

    emulator.stop()
