"""A bot handles each message at least once, and answers each once."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from clients.python.tests.support.service import Service, run, until
from parley_client import Bot, FileStore, Message, ParleyError, Reply, Timing, connect

PROMPT = Timing(backoff_base_seconds=0.01, gap_seconds=0.01)
SOURCES = Path(__file__).parents[2] / "src"


class Memory:
    """Positions that outlive a bot."""

    def __init__(self) -> None:
        self.positions: dict[str, int] = {}

    async def load(self) -> Mapping[str, int]:
        return self.positions

    async def save(self, positions: Mapping[str, int]) -> None:
        self.positions = dict(positions)


def echo_bot(service: Service, store: Memory | None = None) -> Bot:
    bot = Bot(connect(service.url, username="bot", password="p", timing=PROMPT), store=store)

    @bot.on_message
    async def echo(message: Message, reply: Reply) -> None:
        await reply(f"echo {message.content}")

    return bot


def follows(service: Service) -> bool:
    return any(each["type"] == "history" for each in service.received)


async def stopped(bot: Bot, serving: "asyncio.Task[None]") -> None:
    bot.stop()
    await serving


def test_bot_answers_others_and_not_itself() -> None:
    async def scenario(service: Service) -> None:
        await service.stores("before it came")
        bot = echo_bot(service)
        serving = asyncio.create_task(bot.serve())
        await until(lambda: follows(service))

        asked = await service.stores("one")
        await service.stores("two")
        await until(lambda: len(service.contents()) == 5)
        await stopped(bot, serving)

        assert sorted(service.contents()[1:]) == ["echo one", "echo two", "one", "two"]
        answer = next(each for each in service.conversations["general"] if "reply_to" in each)
        assert answer["reply_to"] == asked["message_id"]

    run(scenario)


def test_bot_answers_what_came_while_it_was_down() -> None:
    async def scenario(service: Service) -> None:
        store = Memory()
        first = echo_bot(service, store)
        serving = asyncio.create_task(first.serve())
        await until(lambda: store.positions)
        await stopped(first, serving)

        await service.stores("meanwhile")
        second = echo_bot(service, store)
        serving = asyncio.create_task(second.serve())
        await until(lambda: len(service.contents()) == 2)
        await stopped(second, serving)

        assert service.contents() == ["meanwhile", "echo meanwhile"]

    run(scenario)


def test_message_is_answered_once_though_the_bot_ended_before_it_noted_it() -> None:
    async def scenario(service: Service) -> None:
        store = Memory()
        store.positions = {"general": 0}
        await service.stores("one")
        for _ in range(2):
            bot = echo_bot(service, store)
            serving = asyncio.create_task(bot.serve())
            await until(lambda: store.positions == {"general": 1})
            await stopped(bot, serving)
            store.positions = {"general": 0}

        assert service.contents() == ["one", "echo one"]

    run(scenario)


def test_error_of_the_handler_ends_the_bot_and_the_message_comes_again() -> None:
    async def scenario(service: Service) -> None:
        store = Memory()
        store.positions = {"general": 0}
        handled = []
        await service.stores("one")
        for _ in range(2):
            chat = connect(service.url, username="bot", password="p", timing=PROMPT)
            bot = Bot(chat, store=store)

            @bot.on_message
            async def fail(message: Message, _: Reply) -> None:
                handled.append(message.content)
                raise LookupError(message.message_id)

            with pytest.raises(LookupError, match="general:1"):
                await bot.serve()

        assert handled == ["one", "one"]
        assert store.positions == {"general": 0}

    run(scenario)


def test_handler_that_is_cancelled_from_within_ends_the_bot() -> None:
    async def scenario(service: Service) -> None:
        store = Memory()
        store.positions = {"general": 0}
        await service.stores("one")
        bot = Bot(connect(service.url, username="bot", password="p", timing=PROMPT), store=store)

        @bot.on_message
        async def cancel(_: Message, __: Reply) -> None:
            raise asyncio.CancelledError

        with pytest.raises(RuntimeError, match="cancelled"):
            await bot.serve()
        assert store.positions == {"general": 0}

    run(scenario)


def test_handler_that_runs_when_the_bot_is_stopped_ends_first() -> None:
    async def scenario(service: Service) -> None:
        store = Memory()
        store.positions = {"general": 0}
        begun = asyncio.Event()
        for content in ("one", "two"):
            await service.stores(content)
        chat = connect(service.url, username="bot", password="p", timing=PROMPT)
        bot = Bot(chat, store=store)

        @bot.on_message
        async def answer(message: Message, reply: Reply) -> None:
            begun.set()
            await chat.history("general")
            await reply(f"echo {message.content}")

        serving = asyncio.create_task(bot.serve())
        await begun.wait()
        await stopped(bot, serving)

        assert service.contents() == ["one", "two", "echo one"]
        assert store.positions == {"general": 1}

    run(scenario)


def test_handler_that_does_not_end_is_cancelled() -> None:
    async def scenario(service: Service) -> None:
        store = Memory()
        store.positions = {"general": 0}
        begun = asyncio.Event()
        await service.stores("one")
        chat = connect(service.url, username="bot", password="p", timing=PROMPT)
        bot = Bot(chat, store=store, grace_seconds=0.05)

        @bot.on_message
        async def hang(_: Message, __: Reply) -> None:
            begun.set()
            await asyncio.Event().wait()

        serving = asyncio.create_task(bot.serve())
        await begun.wait()
        await stopped(bot, serving)

        assert store.positions == {"general": 0}

    run(scenario)


def test_bot_answers_in_a_conversation_that_it_is_added_to() -> None:
    async def scenario(service: Service) -> None:
        bot = echo_bot(service)
        serving = asyncio.create_task(bot.serve())
        await until(lambda: follows(service))

        service.conversations["others"] = []
        await service.stores("before it was added", to="others")
        service.read_up_to["others"] = 1
        await service.stores("after", to="others")
        for socket in service.names:
            await socket.send('{"type": "conversation_created", "data": {}}')
        await until(lambda: len(service.contents("others")) == 3)
        await stopped(bot, serving)

        assert service.contents("others")[2:] == ["echo after"]

    run(scenario)


def test_bot_that_is_removed_goes_on_in_other_conversations() -> None:
    async def scenario(service: Service) -> None:
        service.conversations["others"] = []
        store = Memory()
        bot = echo_bot(service, store)
        serving = asyncio.create_task(bot.serve())
        await until(lambda: len(store.positions) == 2)
        await until(lambda: follows(service))

        del service.conversations["others"]
        service.refuses["history"] = "not_a_member"
        for socket in service.names:
            await socket.send(REMOVAL)
        await until(lambda: store.positions == {"general": 0})
        service.refuses.clear()
        await service.stores("still here")
        await until(lambda: len(service.contents()) == 2)
        await stopped(bot, serving)

    run(scenario)


REMOVAL = (
    '{"type": "member_removed", "data": {"conversation_id": "others", "seq": 1,'
    ' "user_id": "user-bot", "username": "bot", "by": {"user_id": "u", "username": "x"}}}'
)


def test_refusal_of_the_service_ends_the_bot() -> None:
    async def scenario(service: Service) -> None:
        service.refuses["authenticate"] = "invalid_credentials"

        with pytest.raises(ParleyError) as raised:
            await echo_bot(service).serve()
        assert raised.value.code == "invalid_credentials"

    run(scenario)


def test_bot_needs_one_function() -> None:
    async def scenario(service: Service) -> None:
        chat = connect(service.url, username="bot", password="p")
        with pytest.raises(ValueError, match="no function"):
            await Bot(chat).serve()
        with pytest.raises(ValueError, match="one function"):
            echo_bot(service).on_message(lambda _, __: asyncio.sleep(0))

    run(scenario)


PROGRAM = """
import sys
from parley_client import Bot, FileStore, connect
bot = Bot(connect(sys.argv[1], username="bot", password="p"), store=FileStore(sys.argv[2]))
@bot.on_message
async def echo(message, reply):
    await reply("echo " + message.content)
bot.run()
print("ended")
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_program_ends_on_a_signal(tmp_path: Path, number: signal.Signals) -> None:
    async def scenario(service: Service) -> None:
        store = tmp_path / "bot.json"
        store.write_text('{"general": 0}')
        await service.stores("one")
        program = await asyncio.create_subprocess_exec(
            *(sys.executable, "-W", "error", "-c", PROGRAM, service.url, str(store)),
            env={"PATH": os.environ["PATH"], "PYTHONPATH": str(SOURCES)},
            stdout=subprocess.PIPE,
        )
        await until(lambda: store.read_text() == '{"general": 1}')
        program.send_signal(number)
        printed, _ = await program.communicate()

        assert (printed.decode().strip(), program.returncode) == ("ended", 0)
        assert service.contents() == ["one", "echo one"]

    run(scenario)


def test_file_keeps_positions_and_nothing_else_beside_it(tmp_path: Path) -> None:
    async def main() -> None:
        store = FileStore(tmp_path / "bot.json")
        assert await store.load() == {}
        await store.save({"general": 7})
        await store.save({"general": 8, "others": 1})
        assert await FileStore(tmp_path / "bot.json").load() == {"general": 8, "others": 1}

    asyncio.run(main())
    assert [each.name for each in tmp_path.iterdir()] == ["bot.json"]


def test_damaged_file_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "bot.json").write_text("{")

    with pytest.raises(ValueError, match="Expecting"):
        asyncio.run(FileStore(tmp_path / "bot.json").load())
