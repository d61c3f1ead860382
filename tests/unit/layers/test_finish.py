"""A finished build contains only what is used, compiled for Lambda."""

import gzip
import json
import marshal
import re
from importlib.util import cache_from_source, source_hash
from pathlib import Path

import pytest

from layers.finish import SERVICES, main
from testing.template import REPOSITORY

FLAGS = slice(4, 8)
HASH = slice(8, 16)
UNCHECKED_HASH = 0b01

ENDPOINTS = {
    "version": 3,
    "partitions": [
        {
            "partition": "aws",
            "regions": {"eu-west-1": {}},
            "services": {"dynamodb": {"endpoints": {"local": {}}}, "ec2": {}, "sqs": {}},
        }
    ],
}
MODEL = {
    "metadata": {"protocols": ["json"]},
    "documentation": "<p>A database.</p>",
    "clientContextParams": {"Accelerate": {"documentation": "Goes faster.", "type": "boolean"}},
    "operations": {"GetItem": {"input": {"shape": "In"}, "documentation": "<p>Reads.</p>"}},
    "shapes": {"In": {"members": {"documentation": {"shape": "Text", "documentation": "Said."}}}},
}


def write(path: Path, text: str = "") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def built(folder: Path) -> Path:
    """Make a build with one layer, which has botocore, and one function."""
    write(folder / "template.yaml")
    data = folder / "DependenciesLayer/python/botocore/data"
    for service in (*SERVICES, "ec2", "sts"):
        write(data / service / "2012-08-10/service-2.json", "{}")
    model = data / "dynamodb/2012-08-10/service-2.json"
    model.with_name("service-2.json.gz").write_bytes(gzip.compress(json.dumps(MODEL).encode()))
    model.unlink()
    write(data / "endpoints.json", json.dumps(ENDPOINTS))
    write(data / "partitions.json", "{}")
    write(folder / "DependenciesLayer/python/package/module.py", "def double(x): return 2 * x\n")
    write(folder / "GreetFunction/app.py", "def handler(event, context): return event\n")
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def bytecode_of(module: Path) -> bytes:
    return Path(cache_from_source(module)).read_bytes()


def test_used_botocore_data_is_kept(tmp_path: Path) -> None:
    build = built(tmp_path)

    main([str(build)])

    left = {path.name for path in (build / "DependenciesLayer/python/botocore/data").iterdir()}
    assert left == {*SERVICES, "endpoints.json", "partitions.json"}


def test_used_endpoints_are_kept(tmp_path: Path) -> None:
    build = built(tmp_path)

    main([str(build)])

    path = build / "DependenciesLayer/python/botocore/data/endpoints.json"
    (partition,) = json.loads(path.read_text())["partitions"]
    assert partition == {
        "partition": "aws",
        "regions": {"eu-west-1": {}},
        "services": {"dynamodb": {"endpoints": {"local": {}}}, "sqs": {}},
    }


def test_documentation_in_service_models_is_removed(tmp_path: Path) -> None:
    build = built(tmp_path)

    main([str(build)])

    (model,) = (build / "DependenciesLayer/python/botocore/data/dynamodb").rglob("service-2.*")
    assert json.loads(model.read_text()) == {
        "metadata": {"protocols": ["json"]},
        "operations": {"GetItem": {"input": {"shape": "In"}}},
        "clientContextParams": MODEL["clientContextParams"],
        "shapes": {"In": {"members": {"documentation": {"shape": "Text"}}}},
    }


@pytest.mark.parametrize(
    "module", ["DependenciesLayer/python/package/module.py", "GreetFunction/app.py"]
)
def test_every_module_is_compiled_with_a_hash_that_is_not_checked(
    tmp_path: Path, module: str
) -> None:
    source = built(tmp_path) / module

    main([str(tmp_path)])

    bytecode = bytecode_of(source)
    assert int.from_bytes(bytecode[FLAGS], "little") == UNCHECKED_HASH
    assert bytecode[HASH] == source_hash(source.read_bytes())


@pytest.mark.parametrize(
    ("module", "on_lambda"),
    [
        ("DependenciesLayer/python/package/module.py", "/opt/python/package/module.py"),
        ("GreetFunction/app.py", "/var/task/app.py"),
    ],
)
def test_bytecode_names_its_path_on_lambda(tmp_path: Path, module: str, on_lambda: str) -> None:
    source = built(tmp_path) / module

    main([str(tmp_path)])

    assert marshal.loads(bytecode_of(source)[16:]).co_filename == on_lambda  # noqa: S302 - made just now


def test_build_is_reproducible(tmp_path: Path) -> None:
    one, other = built(tmp_path / "one"), built(tmp_path / "deeper/other")

    main([str(one)])
    main([str(other)])

    assert contents(one) == contents(other)


def test_finishing_a_build_twice_changes_nothing(tmp_path: Path) -> None:
    build = built(tmp_path)
    main([str(build)])
    finished = contents(build)

    main([str(build)])

    assert contents(build) == finished


def test_layer_sizes_are_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    build = built(tmp_path)

    main([str(build)])

    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith("DependenciesLayer: ")


def test_module_that_does_not_compile_fails_the_build(tmp_path: Path) -> None:
    build = built(tmp_path)
    write(build / "GreetFunction/broken.py", "def")

    with pytest.raises(SystemExit, match="GreetFunction: not everything compiles"):
        main([str(build)])


def test_service_unknown_to_botocore_fails_the_build(tmp_path: Path) -> None:
    build = built(tmp_path)
    data = build / "DependenciesLayer/python/botocore/data"
    (data / "sqs").rename(data / "queues")

    with pytest.raises(SystemExit, match="no data for sqs"):
        main([str(build)])


def test_folder_that_was_not_built_is_unchanged(tmp_path: Path) -> None:
    module = write(tmp_path / "package/module.py")

    with pytest.raises(SystemExit, match="nothing that `sam build` has built"):
        main([str(tmp_path)])

    assert contents(tmp_path) == {str(module.relative_to(tmp_path)): b""}


def test_each_service_that_a_function_makes_a_client_of_has_its_data() -> None:
    code = "".join(path.read_text() for path in REPOSITORY.glob("layers/chat/chat/**/*.py"))

    # PynamoDB makes the one of DynamoDB.
    assert {*re.findall(r'create_client\(\s*"(\w+)"', code), "dynamodb"} == SERVICES
