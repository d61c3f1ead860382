import assert from "node:assert/strict";
import { test } from "node:test";

import { applyChange } from "../../src/index.js";
import { changesOf, laterState } from "../../src/changes.js";
import { fromWire } from "../../src/wire.js";
import { AT, deleted, edited, reacted, reactions, known } from "../support/script.js";

const BOB = { userId: "u-bob", username: "bob" };
const DELETED = known(1, { content: "", version: 9, deletedAt: AT, deletedBy: BOB });

/** Every order of the list. @template Item @param {Item[]} items @returns {Item[][]} */
function orders(items) {
  if (items.length < 2) return [items];
  return items.flatMap((item) =>
    orders(items.filter((other) => other !== item)).map((rest) => [item, ...rest]),
  );
}

/** @param {ReturnType<typeof edited>[]} changes */
function after(changes) {
  return changes.reduce((state, { data }) => applyChange(state, fromWire(data)), known(1));
}

test("an edit replaces content, type and mentions, and says when", () => {
  const state = after([edited(4, 1, "new", { mentions: ["u-alice"], type: "markdown" })]);

  const news = { content: "new", type: "markdown", mentions: ["u-alice"] };
  assert.deepEqual(state, known(1, { ...news, version: 4, editedAt: AT }));
});

test("an edit without mentions removes those there were", () => {
  const state = after([edited(4, 1, "hi", { mentions: ["u-alice"] }), edited(5, 1, "ho")]);

  assert.deepEqual(state, known(1, { content: "ho", version: 5, editedAt: AT }));
});

test("a deletion leaves who wrote the message and when", () => {
  const state = after([
    edited(4, 1, "secret", { mentions: ["u-alice"] }),
    reacted(5, 1, 2),
    deleted(9, 1),
  ]);

  assert.deepEqual(state, DELETED);
});

test("a deleted reply no longer says what it replies to, as the service no longer does", () => {
  const reply = known(1, { replyTo: "general:0" });

  const state = applyChange(reply, fromWire(deleted(9, 1).data));

  assert.deepEqual(state, DELETED);
});

test("reactions replace each other, and not the content", () => {
  const state = after([reacted(3, 1, 1), edited(4, 1, "new"), reacted(5, 1, 0)]);

  const content = { content: "new", version: 4, editedAt: AT };
  assert.deepEqual(state, known(1, { ...content, reactions: reactions(5, 0) }));
});

test("changes in any order, also repeated, end in the same state", () => {
  const changes = [edited(3, 1, "one"), reacted(4, 1, 1), edited(5, 1, "two"), reacted(6, 1, 2)];
  const expected = after(changes);

  for (const order of orders(changes)) assert.deepEqual(after([...order, ...order]), expected);
});

test("after a deletion nothing comes back, in any order", () => {
  const changes = [edited(3, 1, "one"), reacted(4, 1, 1), deleted(9, 1), reacted(10, 1, 1)];

  for (const order of orders(changes)) assert.deepEqual(after(order), DELETED);
});

test("a deletion wins over an edit with a higher version", () => {
  assert.deepEqual(after([edited(11, 1, "late"), deleted(9, 1)]), DELETED);
  assert.deepEqual(after([deleted(9, 1), edited(11, 1, "late")]), DELETED);
});

test("a change of another message changes nothing", () => {
  const state = known(1);

  const changes = [edited(3, 2, "new"), deleted(4, 2), reacted(5, 2, 1)];

  for (const { data } of changes)
    assert.equal(applyChange(state, /** @type {any} */ (data)), state);
});

test("of two states each part is the later one", () => {
  const a = after([edited(3, 1, "one"), reacted(6, 1, 2)]);
  const b = after([edited(5, 1, "two"), reacted(4, 1, 1)]);
  const expected = after([edited(5, 1, "two"), reacted(6, 1, 2)]);

  assert.deepEqual([laterState(a, b), laterState(b, a)], [expected, expected]);
  const c = after([edited(11, 1, "late"), reacted(12, 1, 1)]);
  for (const state of [a, c]) {
    assert.deepEqual([laterState(state, DELETED), laterState(DELETED, state)], [DELETED, DELETED]);
  }
});

test("the changes of a state make that state of the message as it was sent", () => {
  const states = [
    known(1),
    after([edited(3, 1, "one", { mentions: ["u-alice"] }), reacted(6, 1, 2)]),
    after([reacted(6, 1, 2)]),
    DELETED,
  ];

  for (const state of states) assert.deepEqual(after(/** @type {any} */ (changesOf(state))), state);
});
