"""Coming to be told: authenticating, adding and removing somebody at the same time."""

from tests.world.room import MINUTE, Results, Room, contents, crossing


def test_who_authenticates_while_being_added_is_told(room: Room) -> None:
    fresh = room.arriving(room.his)

    performances = crossing(
        room, room.his, fresh, authenticate=room.authenticates(fresh), add=room.adds(room.hers)
    )

    assert performances > 2


def test_who_renews_a_session_while_being_added_is_told_until_its_new_end(room: Room) -> None:
    performances = crossing(
        room, room.his, renew=room.authenticates(room.his), add=room.adds(room.hers)
    )

    assert performances > 2


def test_what_is_said_after_adding_reaches_whoever_renews_meanwhile(room: Room) -> None:
    def add_and_speak() -> None:
        room.adds(room.hers)()
        room.says(room.hers, "welcome")()

    def check(_: Results) -> None:
        assert contents(room.his) == ["welcome"]

    performances = crossing(
        room, room.his, check=check, renew=room.authenticates(room.his), add=add_and_speak
    )

    assert performances > 2


def test_who_authenticates_while_being_removed_is_told_nothing(bobs: Room) -> None:
    fresh = bobs.arriving(bobs.his)

    performances = crossing(
        bobs,
        bobs.his,
        fresh,
        authenticate=bobs.authenticates(fresh),
        remove=bobs.removes(bobs.hers),
    )

    assert performances > 2


def test_who_is_removed_and_added_is_told_as_a_member_or_not_at_all(bobs: Room) -> None:
    performances = crossing(
        bobs, bobs.his, remove=bobs.removes(bobs.her_phone), add=bobs.adds(bobs.hers)
    )

    assert performances > 2


def test_who_is_added_and_removed_is_told_as_a_member_or_not_at_all(room: Room) -> None:
    performances = crossing(
        room, room.his, remove=room.removes(room.her_phone), add=room.adds(room.hers)
    )

    assert performances > 2


def test_who_authenticates_while_removed_and_added_is_told_as_a_member_or_not_at_all(
    bobs: Room,
) -> None:
    fresh = bobs.arriving(bobs.his)

    performances = crossing(
        bobs,
        bobs.his,
        fresh,
        at_most=50,
        authenticate=bobs.authenticates(fresh),
        remove=bobs.removes(bobs.her_phone),
        add=bobs.adds(bobs.hers),
    )

    assert performances > 10


def test_two_who_add_the_same_person_add_once(room: Room) -> None:
    def check(results: Results) -> None:
        added = [reply["data"]["members"] for reply in results.values()]
        assert sorted(map(len, added)) == [0, 1]

    performances = crossing(
        room, room.his, check=check, one=room.adds(room.hers), other=room.adds(room.her_phone)
    )

    assert performances > 2


def test_two_who_remove_the_same_person_remove_once(bobs: Room) -> None:
    def check(results: Results) -> None:
        assert sorted(reply["type"] for reply in results.values()) == ["error", "member_removed"]

    performances = crossing(
        bobs,
        bobs.his,
        check=check,
        one=bobs.removes(bobs.hers),
        other=bobs.removes(bobs.her_phone),
    )

    assert performances > 2


def test_who_renews_twice_at_once_has_one_of_the_sessions_everywhere(bobs: Room) -> None:
    def later() -> None:
        bobs.world.passes(MINUTE)
        bobs.authenticates(bobs.his)()

    performances = crossing(bobs, bobs.his, one=bobs.authenticates(bobs.his), other=later)

    assert performances > 2
