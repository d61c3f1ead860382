import assert from "node:assert/strict";
import { test } from "node:test";

import { Emitter } from "../../src/emitter.js";
import { EVENT_TYPES } from "../../src/events.js";
import { Script, heard, pushed } from "../support/script.js";

/** @returns {Emitter<{ said: number, heard: number }>} */
function emitter() {
  return new Emitter(["said", "heard"]);
}

/** @param {(chat: any) => unknown} use */
function rejectionOf(use) {
  const chat = /** @type {any} */ (new Script().connect());
  try {
    use(chat);
    return null;
  } catch (error) {
    return /** @type {import("../../src/index.js").ParleyError} */ (error);
  }
}

for (const way of ["on", "once"]) {
  test(`${way} rejects an event that does not exist, and names those that do`, () => {
    const error = rejectionOf((chat) => chat[way]("mesage", () => {}));

    assert.equal(error?.code, "bad_request");
    assert.ok(error?.message.startsWith('There is no event "mesage". The events are: '));
    for (const type of EVENT_TYPES) assert.ok(error?.message.includes(type), type);
  });
}

test("a timeline rejects an event that does not exist", () => {
  const error = rejectionOf((chat) => chat.open("general").on("changed", () => {}));

  assert.equal(error?.message, 'There is no event "changed". The events are: change.');
});

test("every event that there is can be listened to", () => {
  const chat = new Script().connect();

  for (const type of EVENT_TYPES) chat.on(type, () => {});

  assert.ok(EVENT_TYPES.length > 10);
});

test("once brings the next event, and no other", async () => {
  const service = new Script().keepsAlive();
  const chat = service.connect();
  await service.signsIn(chat);
  /** @type {string[]} */
  const contents = [];

  chat.once("message", ({ content }) => contents.push(content));
  await service.pushes(pushed(1));
  await service.pushes(pushed(2));

  assert.deepEqual(contents, ["message 1"]);
});

test("once brings nothing after it was ended, in either way", () => {
  const events = emitter();
  const stop = new AbortController();
  /** @type {number[]} */
  const seen = [];

  events.once("said", (number) => seen.push(number))();
  events.once("said", (number) => seen.push(number), { signal: stop.signal });
  stop.abort();
  events.emit("said", 1);

  assert.deepEqual(seen, []);
});

test("once brings one event, even if another listener causes the next one first", () => {
  const events = emitter();
  /** @type {number[]} */
  const seen = [];
  events.on("said", (number) => number === 1 && events.emit("said", 2));

  events.once("said", (number) => seen.push(number));
  events.emit("said", 1);

  assert.deepEqual(seen, [2]);
});

test("a listener that another listener ended hears nothing any more", () => {
  const events = emitter();
  /** @type {number[]} */
  const seen = [];
  events.on("said", () => end());

  const end = events.on("said", (number) => seen.push(number));
  events.emit("said", 1);

  assert.deepEqual(seen, []);
});

test("one function that is registered twice hears each event twice", async () => {
  const service = new Script().keepsAlive();
  const chat = service.connect();
  let count = 0;
  const listener = () => count++;

  chat.on("authenticated", listener);
  chat.on("authenticated", listener);
  await service.signsIn(chat);

  assert.equal(count, 2);
  assert.equal(heard(chat, "authenticated").length, 0);
});
