"""The Python client against the running chat."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import pytest
from parley_client import (
    Bot,
    Chat,
    Event,
    Message,
    MessageChanged,
    ParleyError,
    Reply,
    apply_change,
    connect,
)

from testing.live.people import PASSWORD, Deployment, Person

PATIENCE_SECONDS = 300.0
MESSAGES_EACH = 6
CUTS = 4
PAUSE_SECONDS = 0.5


def test_two_people_and_a_bot_talk_though_connections_are_cut(deployment: Deployment) -> None:
    people = [deployment.enrol(name) for name in ("alice", "bob", "echo")]
    conversation = people[0].logs_in().creates(*people[1:])

    heard = asyncio.run(asyncio.wait_for(talk(deployment, people, conversation), PATIENCE_SECONDS))

    said = sorted(f"{number} of {name}" for name in "ab" for number in range(MESSAGES_EACH))
    for messages in heard:
        assert [each.seq for each in messages] == sorted({each.seq for each in messages})
        assert sorted(each.content for each in messages) == sorted(
            [*said, *(f"echo {each}" for each in said)]
        )
    assert heard[0] == heard[1]


async def talk(
    deployment: Deployment, people: list[Person], conversation: str
) -> tuple[list[Message], list[Message]]:
    """Have two people talk with a bot among them; returns what each of the two heard."""
    alice, bob, echo = (opening(deployment, person) for person in people)
    async with alice, bob, serving(echo):
        cutting = asyncio.create_task(cut(deployment))
        hearing = asyncio.gather(hears(alice, conversation), hears(bob, conversation))
        await asyncio.gather(says(alice, conversation, "a"), says(bob, conversation, "b"))
        heard = await hearing
        await cutting
    return heard


def opening(deployment: Deployment, person: Person) -> Chat:
    url = deployment.stack.websocket_url
    return connect(url, username=person.user.username, password=PASSWORD)


async def says(chat: Chat, conversation: str, name: str) -> None:
    for number in range(MESSAGES_EACH):
        await chat.send(conversation, f"{number} of {name}")


async def hears(chat: Chat, conversation: str) -> list[Message]:
    heard: list[Message] = []
    async for message in chat.messages(conversation, after=0):
        heard.append(message)
        if len(heard) == 4 * MESSAGES_EACH:
            break
    return heard


async def cut(deployment: Deployment) -> None:
    for _ in range(CUTS):
        await asyncio.sleep(PAUSE_SECONDS)
        await asyncio.to_thread(deployment.stack.faults.cut)


class Started:
    """A store of positions that says when the bot began to follow its conversation."""

    def __init__(self) -> None:
        self.followed = asyncio.Event()

    async def load(self) -> Mapping[str, int]:
        return {}

    async def save(self, _: Mapping[str, int]) -> None:
        self.followed.set()


@asynccontextmanager
async def serving(chat: Chat) -> AsyncIterator[None]:
    store = Started()
    bot = Bot(chat, store=store)

    @bot.on_message
    async def echo(message: Message, reply: Reply) -> None:
        await reply(f"echo {message.content}")

    served = asyncio.create_task(bot.serve())
    await store.followed.wait()
    yield
    bot.stop()
    await served


def test_changes_come_in_one_order_with_messages(deployment: Deployment) -> None:
    people = [deployment.enrol(name) for name in ("alice", "bob")]

    stored, events = asyncio.run(asyncio.wait_for(changes(deployment, people), PATIENCE_SECONDS))

    shown: dict[str, Message] = {}
    for event in events:
        if isinstance(event, Message):
            shown[event.message_id] = event
        elif isinstance(event, MessageChanged):
            shown[event.message_id] = apply_change(shown[event.message_id], event)
    assert list(shown.values()) == stored
    assert [each.content for each in stored] == ["edited", ""]
    assert [each.seq for each in events] == sorted({each.seq or 0 for each in events})


async def changes(
    deployment: Deployment, people: list[Person]
) -> tuple[list[Message], list[Event]]:
    """Have a message edited and one deleted; returns what is stored, and what the other saw."""
    alice, bob = (opening(deployment, person) for person in people)
    async with alice, bob:
        created = await alice.create_conversation([bob.user.username], title="Changes")
        conversation = created.conversation_id
        seen = bob.events(conversation, after=0)
        first, second = [await alice.send(conversation, text) for text in ("one", "two")]
        await alice.edit(first, "edited")
        await bob.react(first, "👍")
        await bob.mark_read(second)
        await alice.typing(conversation)
        deletion = await alice.delete(second)
        events = [event async for event in until(seen, deletion.seq)]
        page = await bob.history(conversation)
        await rejects_a_stale_edit(alice, first)
    return list(page.messages), events


async def until(events: AsyncIterator[Event], seq: int | None) -> AsyncIterator[Event]:
    async for event in events:
        yield event
        if event.seq == seq:
            return


async def rejects_a_stale_edit(chat: Chat, message: Message) -> None:
    with pytest.raises(ParleyError) as raised:
        await chat.edit(message, "of a version that was edited since")
    assert (raised.value.code, bool(raised.value.request_id)) == ("conflict", True)
