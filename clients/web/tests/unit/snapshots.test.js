import assert from "node:assert/strict";
import { test } from "node:test";

import fc from "fast-check";

import { MessageLog } from "../../src/message-log.js";
import { Script, deleted, edited, known, message, page, pushed, seqs } from "../support/script.js";

/** @param {Script} service */
async function opened(service) {
  const chat = service.keepsAlive().connect();
  await service.signsIn(chat);
  const timeline = chat.open("general");
  await service.answers(await service.receives("history"), page([1, 2]));
  return { chat, timeline };
}

/** @param {import("../../src/timeline.js").Timeline} timeline */
function lists({ messages, outgoing, changes, typing }) {
  return { messages, outgoing, changes, typing };
}

/**
 * @param {string} username
 * @param {boolean} is_typing
 */
function typing(username, is_typing) {
  const user = { user_id: `u-${username}`, username };
  return { type: "typing", data: { conversation_id: "general", ...user, is_typing } };
}

/** @param {number} seq */
function renamed(seq) {
  const data = { conversation_id: "general", seq, change: "renamed", title: `title ${seq}` };
  return { type: "conversation_changed", data };
}

/** What happens to a timeline, and which of its lists is another one then. */
const HAPPENINGS = [
  { frame: pushed(3), changes: "messages" },
  { frame: edited(3, 2, "other words"), changes: "messages" },
  { frame: deleted(3, 1), changes: "messages" },
  { frame: typing("bob", true), changes: "typing" },
  { frame: renamed(3), changes: "changes" },
];

for (const { frame, changes } of HAPPENINGS) {
  test(`a ${frame.type} makes another list of ${changes} and leaves the other lists`, async () => {
    const service = new Script();
    const { timeline } = await opened(service);
    const before = lists(timeline);
    const copy = [...before.messages];

    await service.pushes(frame);

    const after = lists(timeline);
    const others = Object.entries(after).filter(
      ([name, list]) => list !== before[/** @type {keyof typeof before} */ (name)],
    );
    assert.deepEqual(
      others.map(([name]) => name),
      [changes],
    );
    assert.deepEqual(before.messages, copy);
    assert.deepEqual(lists(timeline), after);
    for (const [name, list] of Object.entries(lists(timeline))) {
      assert.equal(list, after[/** @type {keyof typeof after} */ (name)], name);
    }
  });
}

test("a message of the user's own makes another list of outgoing ones, until it is stored", async () => {
  const service = new Script();
  const { chat, timeline } = await opened(service);
  const { messages, outgoing } = timeline;

  const sent = chat.send("general", "Hello");
  const sending = timeline.outgoing;
  const again = timeline.outgoing;
  const request = await service.receives("chat_message");
  const { client_message_id = request.data.clientMessageId } = request.data;
  const stored = message(3, { client_message_id, user_id: "u-alice", username: "alice" });
  await service.answers(request, { type: "chat_message", data: stored });
  await sent;

  assert.deepEqual([outgoing.length, sending.length, timeline.outgoing.length], [0, 1, 0]);
  assert.equal(again, sending);
  assert.equal(messages.length, 2);
  assert.deepEqual(seqs([...timeline.messages]), [1, 2, 3]);
});

test("somebody who keeps typing changes nothing", async () => {
  const service = new Script();
  const { timeline } = await opened(service);
  await service.pushes(typing("bob", true));
  const before = timeline.typing;

  await service.pushes(typing("bob", true));

  assert.equal(timeline.typing, before);
});

test("messages put in any order, also repeated, are there once and ascending", () => {
  const numbers = fc.array(fc.integer({ min: 1, max: 60 }));
  fc.assert(
    fc.property(numbers, (some) => {
      const log = new MessageLog();
      const handedOut = [];
      for (const seq of some) {
        log.put(known(seq));
        handedOut.push({ list: log.all, copy: [...log.all] });
      }

      assert.deepEqual(
        seqs([...log.all]),
        [...new Set(some)].sort((a, b) => a - b),
      );
      for (const { list, copy } of handedOut) assert.deepEqual(list, copy);
      for (let seq = 1; seq <= 60; seq++) assert.equal(log.has(seq), some.includes(seq));
    }),
  );
});

test("a message that comes last looks at few of ten thousand others", () => {
  const log = new MessageLog();
  let looks = 0;
  for (let seq = 1; seq <= 10_000; seq++) {
    const counted = Object.defineProperty(known(seq), "seq", { get: () => (looks++, seq) });
    log.put(counted);
  }
  looks = 0;

  log.put(known(10_001));
  log.apply({ type: "chat_message", data: known(10_001) });
  log.has(5_000);

  assert.ok(looks < 40, `${looks}`);
});
