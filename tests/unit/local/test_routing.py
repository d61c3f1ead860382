import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chat.protocol.decoding import refuse_unrouted
from chat.protocol.errors import UnknownType
from local.gateway.events import Stage
from local.gateway.routing import Function, Route, RouteTable, UnsupportedDeploymentError


def routed(*keys: str, expression: str = "$request.body.type") -> RouteTable:
    routes = {key: Route(key, Function(key), replies=True, timeout_seconds=29) for key in keys}
    return RouteTable(Stage("abc123", "v1"), expression, routes)


def chosen(table: RouteTable, body: str) -> str | None:
    route = table.select(body)
    return route.key if route else None


@pytest.mark.parametrize(
    "body", ['{"type":"typing"}', ' {"data":{},"type":"typing"}\n', '{"type":"x","type":"typing"}']
)
def test_the_field_type_chooses_the_route(body: str) -> None:
    table = routed("typing", "$default")

    key = chosen(table, body)

    assert key == "typing"


@pytest.mark.parametrize(
    "body",
    [
        "",
        "typing",
        "[1]",
        "null",
        '"typing"',
        "{}",
        '{"type":null}',
        '{"type":{"a":1}}',
        '{"type":"Typing"}',
        '{"type":"typing "}',
        "[" * 100_000,
        '{"type":' * 100_000,
    ],
)
def test_a_message_without_a_known_type_goes_to_default(body: str) -> None:
    table = routed("typing", "$default")

    key = chosen(table, body)

    assert key == "$default"


ANY_NUMBER = st.one_of(
    st.from_regex(r"-?(0|[1-9][0-9]{0,20})(\.[0-9]{1,20})?([eE][+-]?[0-9]{1,6})?", fullmatch=True),
    st.integers(4_200, 9_000).map(lambda digits: "7" * digits),
    st.sampled_from(["NaN", "Infinity", "-Infinity", "01", "+1", ".5", "1.", "--1"]),
)
ANY_VALUE = st.one_of(
    ANY_NUMBER,
    st.text(st.characters(exclude_categories=()), max_size=20).map(json.dumps),
    st.integers(1, 12_000).map(lambda depth: "[" * depth + "]" * depth),
    st.sampled_from(
        ['"\\ud800"', '"\x00"', '"\\u0000"', "'x'", "null", '{"type":"other"}', "[", ""]
    ),
)


@given(ANY_VALUE)
@example("7" * 4_301)
@example("-" + "7" * 4_300)
@example("[" + "7" * 4_301 + "]")
def test_the_value_of_another_field_never_hides_the_type(value: str) -> None:
    frame = f'{{"x":{value},"type":"typing"}}'

    key = chosen(routed("typing", "$default"), frame)

    # What the functions can read as a frame they are given to read.
    assert key == "typing" or not isinstance(refuse_unrouted(frame), UnknownType)


@pytest.mark.parametrize("constant", ["NaN", "Infinity", "-Infinity"])
def test_a_message_with_a_constant_outside_json_goes_to_default(constant: str) -> None:
    assert chosen(routed("typing", "$default"), f'{{"type":"typing","x":{constant}}}') == "$default"


@pytest.mark.parametrize("key", ["$connect", "$disconnect", "$default"])
def test_a_message_may_name_a_special_route(key: str) -> None:
    table = routed("$connect", "$disconnect", "$default")

    chosen_key = chosen(table, f'{{"type":"{key}"}}')

    assert chosen_key == key


def test_without_a_default_route_a_message_may_have_no_route() -> None:
    assert chosen(routed("typing"), '{"type":"other"}') is None


@pytest.mark.parametrize(("value", "key"), [("5", "5"), ("true", "true"), ("[1, 2]", "[1, 2]")])
def test_a_selected_value_becomes_a_string(value: str, key: str) -> None:
    table = routed(key, "$default")

    chosen_key = chosen(table, f'{{"type":{value}}}')

    assert chosen_key == key


@pytest.mark.parametrize("expression", ["$request.body.to.room", "${request.body.to.room}"])
def test_the_expression_may_name_a_nested_field(expression: str) -> None:
    table = routed("lobby", "$default", expression=expression)

    key = chosen(table, '{"to":{"room":"lobby"}}')

    assert key == "lobby"


@pytest.mark.parametrize("expression", ["$request.header.type", "$request.body", "type"])
def test_an_unsupported_expression_is_reported(expression: str) -> None:
    table = routed("$default", expression=expression)

    with pytest.raises(UnsupportedDeploymentError, match="route selection expression"):
        table.select("{}")
