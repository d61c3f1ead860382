import assert from "node:assert/strict";
import { test } from "node:test";

import fc from "fast-check";

import { Items } from "../../page/items.js";
import { Rows } from "../../page/rows.js";
import { known } from "../support/script.js";

const ALICE = { userId: "u-alice", username: "alice" };
const NOW = new Date(2026, 10, 22, 18, 0);

/** @param {number} seq */
function renamed(seq) {
  const data = { conversationId: "general", seq, change: "renamed", title: "T" };
  return { type: "conversation_changed", data: { ...data, at: NOW.toISOString() } };
}

/** @param {number} number */
function outgoing(number) {
  const ids = { clientMessageId: `m${number}`, conversationId: "general" };
  return { ...ids, content: "Hello", type: "text", state: /** @type {const} */ ("sending") };
}

/** @param {Iterable<number>} numbers */
function ascending(numbers) {
  return [...new Set(numbers)].sort((a, b) => a - b);
}

const numbers = fc.array(fc.integer({ min: 1, max: 200 }));

test("messages and changes stand in the order of their numbers, then what is on its way", () => {
  fc.assert(
    fc.property(numbers, numbers, fc.nat({ max: 5 }), (some, others, many) => {
      const inMessages = ascending(some);
      const inChanges = ascending(others).filter((seq) => !inMessages.includes(seq));
      const sending = Array.from({ length: many }, (_, index) => outgoing(index));
      const shown = {
        messages: inMessages.map((seq) => known(seq)),
        changes: inChanges.map(renamed),
        ...{ outgoing: sending, me: ALICE, now: NOW },
      };

      const items = new Items(shown, new WeakMap());

      const all = Array.from({ length: items.length }, (_, index) => items.at(index));
      const wanted = [...ascending([...inMessages, ...inChanges]), ...sending.map(() => Infinity)];
      assert.deepEqual(
        all.map((item) => item?.seq),
        wanted,
      );
      all.forEach((item, index) => assert.equal(item && items.indexOf(item), index));
      assert.equal(items.at(items.length), undefined);
      assert.equal(items.indexOfSeq(201), -1);
    }),
  );
});

test("a message that was on its way is found where it is stored", () => {
  const before = new Items(
    { messages: [], outgoing: [outgoing(1)], me: ALICE, now: NOW },
    new WeakMap(),
  );
  const sent = before.at(0);
  const stored = known(7, { ...ALICE, clientMessageId: "m1" });

  const after = new Items(
    { messages: [known(6), stored], outgoing: [], me: ALICE, now: NOW },
    new WeakMap(),
  );

  assert.equal(sent && after.indexOf(sent), 1);
});

test("the rows in view are made without looking at the other messages", () => {
  let looks = 0;
  const messages = Array.from({ length: 10_000 }, (_, index) => {
    const it = known(index + 1);
    return Object.defineProperty(it, "content", {
      get: () => (looks++, "Hello"),
      enumerable: true,
    });
  });
  const shown = {
    messages,
    outgoing: [],
    me: ALICE,
    now: NOW,
    readers: new Map(),
    unreadAfter: 9_990,
  };
  const rows = new Rows();

  rows.set(shown);
  rows.of(Array.from({ length: 50 }, (_, index) => 5_000 + index));
  rows.set({ ...shown, messages: [...messages, known(10_001)] });
  rows.of([10_000]);

  assert.ok(looks < 100, `${looks}`);
});
