"""Devices: whose they are, how many, and until when."""

from typing import Any

import pytest

from chat.storage.devices import MAX_DEVICES, devices_of
from chat.storage.ttl import DEVICE_SECONDS
from testing.devices import endpoint, subscription
from testing.invariants import rows
from testing.people import Client, Person
from testing.simulation import Simulation


@pytest.fixture(autouse=True)
def _web_push(simulation: Simulation) -> None:
    simulation.services = simulation.with_limits(web_push="true")


def registers(client: Client, name: str, **changed: Any) -> str:  # noqa: ANN401 -- any JSON
    data = {"kind": "web_push", "subscription": subscription(name) | changed}
    reply = client.sends("register_device", data=data)
    assert reply["type"] == "device_registered", reply
    device_id: str = reply["data"]["device_id"]
    return device_id


def endpoints_of(person: Person) -> set[str]:
    devices = devices_of(person.user.user_id, person.simulation.now_ms)
    return {each.endpoint for each in devices}


def test_registered_device_is_the_users(alice: Person) -> None:
    registers(alice.logs_in(), "phone")

    assert endpoints_of(alice) == {endpoint("phone")}


def test_same_address_again_is_the_same_device(alice: Person) -> None:
    hers = alice.logs_in()

    assert registers(hers, "phone") == registers(hers, "phone")
    assert len(rows("DevicesTable")) == 1


def test_name_of_a_device_does_not_show_its_address(alice: Person) -> None:
    assert "phone" not in registers(alice.logs_in(), "phone")


def test_device_that_another_user_registers_is_that_users(alice: Person, bob: Person) -> None:
    registers(alice.logs_in(), "shared")
    registers(bob.logs_in(), "shared")

    assert endpoints_of(alice) == set()
    assert endpoints_of(bob) == {endpoint("shared")}


def test_device_that_was_registered_longest_ago_gives_way(
    simulation: Simulation, alice: Person
) -> None:
    hers = alice.logs_in()
    for number in range(MAX_DEVICES):
        registers(hers, f"device {number}")
        simulation.advance_time(1)
    registers(hers, "device 0")

    registers(hers, "one more")

    left = {endpoint(f"device {number}") for number in range(MAX_DEVICES) if number != 1}
    assert endpoints_of(alice) == left | {endpoint("one more")}


def test_device_of_another_by_now_gives_way_first(alice: Person, bob: Person) -> None:
    hers = alice.logs_in()
    for number in range(MAX_DEVICES):
        registers(hers, f"device {number}")
    registers(bob.logs_in(), "device 9")

    registers(hers, "one more")

    left = {endpoint(f"device {number}") for number in range(MAX_DEVICES - 1)}
    assert endpoints_of(alice) == left | {endpoint("one more")}
    assert endpoints_of(bob) == {endpoint("device 9")}


def test_device_that_is_not_registered_again_is_forgotten(
    simulation: Simulation, alice: Person
) -> None:
    registers(alice.logs_in(), "phone")

    simulation.advance_time(DEVICE_SECONDS)

    assert endpoints_of(alice) == set()


def test_unregistered_device_is_forgotten(alice: Person) -> None:
    hers = alice.logs_in()
    device_id = registers(hers, "phone")

    reply = hers.sends("unregister_device", data={"device_id": device_id})

    assert reply["data"] == {"device_id": device_id}
    assert endpoints_of(alice) == set()
    assert rows("DevicesTable") == []


def test_nobody_unregisters_the_device_of_another(alice: Person, bob: Person) -> None:
    device_id = registers(alice.logs_in(), "phone")

    reply = bob.logs_in().sends("unregister_device", data={"device_id": device_id})

    assert reply["type"] == "device_unregistered"
    assert endpoints_of(alice) == {endpoint("phone")}


def test_signing_out_ends_all_devices_of_the_user(alice: Person, bob: Person) -> None:
    hers = alice.logs_in()
    for name in ("phone", "laptop"):
        registers(hers, name)
    registers(bob.logs_in(), "his")

    hers.sends("sign_out")

    assert endpoints_of(alice) == set()
    assert endpoints_of(bob) == {endpoint("his")}
    assert [row["user_id"] for row in rows("DeviceOwnersTable")] == ["user-bob"]


def test_signing_out_leaves_a_device_that_another_user_registered(
    alice: Person, bob: Person
) -> None:
    hers = alice.logs_in()
    registers(hers, "shared")
    registers(bob.logs_in(), "shared")

    hers.sends("sign_out")

    assert endpoints_of(bob) == {endpoint("shared")}


def test_unauthenticated_connection_registers_nothing(simulation: Simulation) -> None:
    frame = {"type": "register_device", "data": {"kind": "web_push"}}
    frame["data"] = {"kind": "web_push", "subscription": subscription("phone")}

    reply = simulation.send(simulation.connect(), frame)

    assert reply
    assert reply["code"] == "not_authenticated"
    assert rows("DevicesTable") == []


@pytest.mark.parametrize(
    "address",
    [
        "http://push.example.net/1",
        "ftp://push.example.net/1",
        "https://user@push.example.net/1",
        "https://push.example.net:8443/1",
        "https://push.example.net/1#part",
        "https:///1",
        "https://push.example.net:port/1",
        "push.example.net",
        "https://[::1",
        f"https://{'a' * 64}.example.net/",
    ],
)
def test_address_that_is_no_push_services_is_rejected(alice: Person, address: str) -> None:
    data = {"kind": "web_push", "subscription": subscription("phone") | {"endpoint": address}}

    reply = alice.logs_in().is_rejected("bad_request", "register_device", data=data)

    assert reply["data"] == {"field": "data.subscription.endpoint"}


def test_local_deployment_takes_an_address_of_the_same_machine(
    simulation: Simulation, alice: Person
) -> None:
    simulation.services = simulation.with_limits(web_push_may_be_local="true")

    registers(alice.logs_in(), "phone", endpoint="http://127.0.0.1:9000/phone")

    assert endpoints_of(alice) == {"http://127.0.0.1:9000/phone"}


@pytest.mark.parametrize("type_", ["register_device", "unregister_device"])
def test_deployment_without_web_push_has_no_devices(
    simulation: Simulation, alice: Person, type_: str
) -> None:
    simulation.services = simulation.with_limits(web_push="false")
    data = {"device_id": "1", "kind": "web_push", "subscription": subscription("phone")}

    alice.logs_in().is_rejected("unknown_type", type_, data=data)
