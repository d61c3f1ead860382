import pytest

from local.front.identifiers import has_form_of_an_id, new_id


def test_ids_are_sixteen_characters_that_end_in_an_equals_sign() -> None:
    made = {new_id() for _ in range(1000)}

    assert {(len(each), each[-1]) for each in made} == {(16, "=")}
    assert len(made) == 1000


def test_ids_have_the_form_of_an_id() -> None:
    made = [new_id() for _ in range(1000)]

    assert all(map(has_form_of_an_id, made))


@pytest.mark.parametrize("text", ["", "alice", "ABCD1234", "BFHPhfCWIAMCKlQ", "é" * 15 + "="])
def test_other_strings_do_not(text: str) -> None:
    assert not has_form_of_an_id(text)
