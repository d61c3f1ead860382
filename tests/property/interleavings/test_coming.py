"""Coming to be told: authenticating, adding and removing somebody at the same time."""

from testing.group import MINUTE, Group, Results, contents, run_interleaved


def test_who_authenticates_while_being_added_is_told(room: Group) -> None:
    fresh = room.arriving(room.his)

    performances = run_interleaved(
        room, room.his, fresh, authenticate=room.authenticates(fresh), add=room.adds(room.hers)
    )

    assert performances > 2


def test_who_renews_a_session_while_being_added_is_told_until_its_new_end(room: Group) -> None:
    performances = run_interleaved(
        room, room.his, renew=room.authenticates(room.his), add=room.adds(room.hers)
    )

    assert performances > 2


def test_what_is_said_after_adding_reaches_whoever_renews_meanwhile(room: Group) -> None:
    def add_and_speak() -> None:
        room.adds(room.hers)()
        room.says(room.hers, "welcome")()

    def check(_: Results) -> None:
        assert contents(room.his) == ["welcome"]

    performances = run_interleaved(
        room, room.his, check=check, renew=room.authenticates(room.his), add=add_and_speak
    )

    assert performances > 2


def test_who_authenticates_while_being_removed_is_told_nothing(group_with_bob: Group) -> None:
    fresh = group_with_bob.arriving(group_with_bob.his)

    performances = run_interleaved(
        group_with_bob,
        group_with_bob.his,
        fresh,
        authenticate=group_with_bob.authenticates(fresh),
        remove=group_with_bob.removes(group_with_bob.hers),
    )

    assert performances > 2


def test_who_is_removed_and_added_is_told_as_a_member_or_not_at_all(group_with_bob: Group) -> None:
    performances = run_interleaved(
        group_with_bob,
        group_with_bob.his,
        remove=group_with_bob.removes(group_with_bob.her_phone),
        add=group_with_bob.adds(group_with_bob.hers),
    )

    assert performances > 2


def test_who_is_added_and_removed_is_told_as_a_member_or_not_at_all(room: Group) -> None:
    performances = run_interleaved(
        room, room.his, remove=room.removes(room.her_phone), add=room.adds(room.hers)
    )

    assert performances > 2


def test_who_authenticates_while_removed_and_added_is_told_as_a_member_or_not_at_all(
    group_with_bob: Group,
) -> None:
    fresh = group_with_bob.arriving(group_with_bob.his)

    performances = run_interleaved(
        group_with_bob,
        group_with_bob.his,
        fresh,
        at_most=50,
        authenticate=group_with_bob.authenticates(fresh),
        remove=group_with_bob.removes(group_with_bob.her_phone),
        add=group_with_bob.adds(group_with_bob.hers),
    )

    assert performances > 10


def test_two_who_add_the_same_person_add_once(room: Group) -> None:
    def check(results: Results) -> None:
        added = [reply["data"]["members"] for reply in results.values()]
        assert sorted(map(len, added)) == [0, 1]

    performances = run_interleaved(
        room, room.his, check=check, one=room.adds(room.hers), other=room.adds(room.her_phone)
    )

    assert performances > 2


def test_two_who_remove_the_same_person_remove_once(group_with_bob: Group) -> None:
    def check(results: Results) -> None:
        assert sorted(reply["type"] for reply in results.values()) == ["error", "member_removed"]

    performances = run_interleaved(
        group_with_bob,
        group_with_bob.his,
        check=check,
        one=group_with_bob.removes(group_with_bob.hers),
        other=group_with_bob.removes(group_with_bob.her_phone),
    )

    assert performances > 2


def test_who_renews_twice_at_once_has_one_of_the_sessions_everywhere(group_with_bob: Group) -> None:
    def later() -> None:
        group_with_bob.simulation.passes(MINUTE)
        group_with_bob.authenticates(group_with_bob.his)()

    performances = run_interleaved(
        group_with_bob,
        group_with_bob.his,
        one=group_with_bob.authenticates(group_with_bob.his),
        other=later,
    )

    assert performances > 2
