"""All pages of a search together are what a filter over the history finds."""

import unicodedata
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from moto import mock_aws

from chat.actions.limits import Limits
from chat.protocol.ids import ConversationId
from testing.people import Client, Person
from testing.simulation import REGION, START_MS, Simulation
from testing.snapshots import Snapshot
from testing.sockets import Frame
from testing.stored import fill_messages

WORDS = (
    "straße",
    "STRASSE",
    "İzmir",
    "izmir",
    "\u0131s\u0131",
    "ISI",
    "Ὀδός",
    "ὈΔΌΣ",
    "e\u0301te\u0301",
    "été",
)
LETTERS = "aAßſiİ\u0131IσςΣéeÉ\u0301\u0327 .*가각"  # noqa: RUF001 -- on purpose
LENGTHS = (0, 40, 2_000, 15_000)

texts = st.sampled_from(WORDS) | st.text(LETTERS, min_size=1, max_size=3)
contents = st.tuples(st.lists(texts, max_size=4), st.sampled_from(LENGTHS)).map(
    lambda said: " ".join(said[0]) + "-" * max(1, said[1])
)
conversations = st.lists(contents, min_size=1, max_size=12).flatmap(
    lambda some: st.sampled_from((1, 3, 20)).map(lambda times: some * times)
)


@pytest.fixture(scope="module")
def hers() -> Iterator[Client]:
    with mock_aws(), pytest.MonkeyPatch.context() as environment:
        for variable in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            environment.setenv(variable, "testing")
        environment.setenv("AWS_DEFAULT_REGION", REGION)
        often = Limits(searches_per_minute=10**9, history_per_minute=10**9)
        simulation = Simulation(often)
        alice, bob = Person(simulation, "alice"), Person(simulation, "bob")
        client = alice.logs_in()
        client.creates(bob)
        yield client


@pytest.fixture(scope="module")
def empty(hers: Client) -> Snapshot:
    return Snapshot(hers.simulation)


def same(text: str) -> str:
    """Fold a text as docs/protocol.md says, another way than the service does."""
    decomposed = unicodedata.normalize("NFD", text).casefold().replace("\u0131", "i")
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", decomposed)).replace(
        "i\u0307", "i"
    )


def history(client: Client, conversation: str) -> list[Frame]:
    """Read all messages, newest first."""
    messages: list[Frame] = []
    asked: Frame = {}
    while True:
        page = client.sends("history", conversationId=conversation, data=asked)["data"]
        messages += reversed(page["messages"])
        if not page["has_more"]:
            return messages
        asked = {"before_seq": page["messages"][0]["seq"]}


def search(client: Client, conversation: str, text: str) -> list[Frame]:
    found: list[Frame] = []
    asked: Frame = {"text": text}
    while True:
        page = client.sends("search", conversationId=conversation, data=asked)["data"]
        found += page["messages"]
        if "cursor" not in page:
            return found
        asked = {"text": text, "before_seq": page["cursor"]}


@settings(
    deadline=None,
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(said=conversations, text=texts.filter(str.strip), changes=st.data())
def test_all_pages_find_what_a_filter_over_the_history_finds(
    hers: Client, empty: Snapshot, said: list[str], text: str, changes: st.DataObject
) -> None:
    empty.restore()
    [listed] = hers.sends("list_conversations")["data"]["items"]
    conversation = ConversationId(listed["conversation_id"])
    fill_messages(conversation, said, START_MS)
    for seq in changes.draw(st.sets(st.integers(1, len(said)), max_size=4)):
        hers.sends("delete_message", messageId=f"{conversation}:{seq}")

    shown = history(hers, conversation)
    expected = [each for each in shown if same(text.strip()) in same(each["content"])]

    assert search(hers, conversation, text) == expected
