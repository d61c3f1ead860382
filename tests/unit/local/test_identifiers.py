import pytest

from local.gateway.identifiers import has_form_of_a_connection_id, new_connection_id, new_id


def test_ids_are_sixteen_characters_that_end_in_an_equals_sign() -> None:
    made = {make() for _ in range(500) for make in (new_id, new_connection_id)}

    assert {(len(each), each[-1]) for each in made} == {(16, "=")}
    assert len(made) == 1000


def test_a_connection_id_that_was_made_has_the_form_of_one() -> None:
    made = [new_connection_id() for _ in range(1000)]

    assert all(map(has_form_of_a_connection_id, made))


@pytest.mark.parametrize("text", ["L0SM9cOFvHcCIhw=", "BFHPhfCWIAMCKlQ=", "VWi0WdQt0kwCFHg="])
def test_a_connection_id_of_aws_has_the_form_of_one(text: str) -> None:
    assert has_form_of_a_connection_id(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "alice",
        "ABCD1234",
        "BFHPhfCWIAMCKlQ",
        "é" * 15 + "=",
        # Of a request, and made up.
        "BFHPhFe3IAMF95g=",
        "ZZZZZZZZZZZZZZA=",
    ],
)
def test_other_strings_do_not(text: str) -> None:
    assert not has_form_of_a_connection_id(text)
