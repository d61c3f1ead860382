"""Authenticating, adding and removing a user concurrently."""

from testing.group import MINUTE, Group, Results, contents, run_interleaved


def test_connection_authenticating_while_added_receives_messages(group: Group) -> None:
    fresh = group.unauthenticated_client(group.his)

    runs = run_interleaved(
        group, group.his, fresh, authenticate=group.authenticates(fresh), add=group.adds(group.hers)
    )

    assert runs > 2


def test_session_renewed_while_added_receives_until_its_new_end(group: Group) -> None:
    runs = run_interleaved(
        group, group.his, renew=group.authenticates(group.his), add=group.adds(group.hers)
    )

    assert runs > 2


def test_message_after_adding_reaches_a_session_being_renewed(group: Group) -> None:
    def add_and_speak() -> None:
        group.adds(group.hers)()
        group.says(group.hers, "welcome")()

    def check(_: Results) -> None:
        assert contents(group.his) == ["welcome"]

    runs = run_interleaved(
        group, group.his, check=check, renew=group.authenticates(group.his), add=add_and_speak
    )

    assert runs > 2


def test_connection_authenticating_while_removed_receives_nothing(group_with_bob: Group) -> None:
    fresh = group_with_bob.unauthenticated_client(group_with_bob.his)

    runs = run_interleaved(
        group_with_bob,
        group_with_bob.his,
        fresh,
        authenticate=group_with_bob.authenticates(fresh),
        remove=group_with_bob.removes(group_with_bob.hers),
    )

    assert runs > 2


def test_concurrent_removal_and_adding_leave_a_consistent_member(group_with_bob: Group) -> None:
    runs = run_interleaved(
        group_with_bob,
        group_with_bob.his,
        remove=group_with_bob.removes(group_with_bob.her_phone),
        add=group_with_bob.adds(group_with_bob.hers),
    )

    assert runs > 2


def test_concurrent_adding_and_removal_leave_a_consistent_outsider(group: Group) -> None:
    runs = run_interleaved(
        group, group.his, remove=group.removes(group.her_phone), add=group.adds(group.hers)
    )

    assert runs > 2


def test_authenticating_during_removal_and_adding_is_consistent(
    group_with_bob: Group,
) -> None:
    fresh = group_with_bob.unauthenticated_client(group_with_bob.his)

    runs = run_interleaved(
        group_with_bob,
        group_with_bob.his,
        fresh,
        at_most=50,
        authenticate=group_with_bob.authenticates(fresh),
        remove=group_with_bob.removes(group_with_bob.her_phone),
        add=group_with_bob.adds(group_with_bob.hers),
    )

    assert runs > 10


def test_user_added_twice_concurrently_is_added_once(group: Group) -> None:
    def check(results: Results) -> None:
        added = [reply["data"]["members"] for reply in results.values()]
        assert sorted(map(len, added)) == [0, 1]
        assert [frame["type"] for frame in group.his.received] == ["conversation_created"]
        assert [frame["type"] for frame in group.carols.received] == ["members_added"]

    runs = run_interleaved(
        group, group.his, check=check, one=group.adds(group.hers), other=group.adds(group.her_phone)
    )

    assert runs > 2


def test_member_removed_twice_concurrently_is_removed_once(group_with_bob: Group) -> None:
    def check(results: Results) -> None:
        assert sorted(reply["type"] for reply in results.values()) == ["error", "member_removed"]
        assert [frame["type"] for frame in group_with_bob.carols.received] == ["member_removed"]
        assert len(group_with_bob.his.received) <= 1

    runs = run_interleaved(
        group_with_bob,
        group_with_bob.his,
        check=check,
        one=group_with_bob.removes(group_with_bob.hers),
        other=group_with_bob.removes(group_with_bob.her_phone),
    )

    assert runs > 2


def test_session_renewed_twice_concurrently_is_the_same_on_every_roster(
    group_with_bob: Group,
) -> None:
    def later() -> None:
        group_with_bob.simulation.advance_time(MINUTE)
        group_with_bob.authenticates(group_with_bob.his)()

    runs = run_interleaved(
        group_with_bob,
        group_with_bob.his,
        one=group_with_bob.authenticates(group_with_bob.his),
        other=later,
    )

    assert runs > 2
