"""The logs of the built functions, in Lambda's runtime with its log level."""

import pytest

from tests.integration.runtime.built_functions import BuiltFunctions
from tests.integration.runtime.conftest import MakeFunctions
from tests.integration.runtime.recorded import EVENTS

pytestmark = pytest.mark.usefixtures("simulation")


@pytest.fixture(scope="module")
def at_warning(build_functions: MakeFunctions) -> BuiltFunctions:
    return build_functions(LogLevel="WARNING")


def test_cold_start_logs_nothing_of_the_libraries(
    build_functions: MakeFunctions,
) -> None:
    functions = build_functions()

    functions["heartbeat"].invoke(EVENTS["heartbeat"])

    assert functions.logged("heartbeat") == []


def test_rejection_is_logged_at_the_default_level(functions: BuiltFunctions) -> None:
    functions["typing"].invoke(EVENTS["typing_bad_request"])

    assert functions.logged("typing")[-1]["message"] == "refused"


def test_rejection_is_not_logged_at_a_higher_level(at_warning: BuiltFunctions) -> None:
    at_warning["typing"].invoke(EVENTS["typing_bad_request"])

    assert at_warning.logged("typing") == []


def test_metrics_are_written_at_every_log_level(at_warning: BuiltFunctions) -> None:
    at_warning["disconnect"].invoke(EVENTS["disconnect"])

    [line] = at_warning.logged("disconnect")
    assert line["Disconnected"] == [1.0]
