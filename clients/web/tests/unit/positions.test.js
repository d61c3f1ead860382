import assert from "node:assert/strict";
import { test } from "node:test";

import { Belongings } from "../../page/store/belongings.js";
import { Device } from "../support/device.js";
import { Script, heard, logPage, outcome, pushed, seqs } from "../support/script.js";
import { FakeStorage } from "../support/storage.js";

/** @import { TextStorage } from "../../src/index.js" */

/**
 * A program that follows the conversation, signed in.
 * @param {TextStorage} storage
 * @param {number | { start?: number }} [from]
 */
async function program(storage, from) {
  const service = new Script().keepsAlive();
  const chat = service.connect({ storage });
  const messages = heard(chat, "message");
  const errors = heard(chat, "error");
  const end = chat.follow("general", from);
  await service.signsIn(chat);
  return { service, chat, messages, errors, end };
}

/** @param {Script} service what it is asked for, after which number */
async function isAskedAfter(service) {
  return (await service.receives("history")).data.after_seq;
}

test("a program goes on after the last message whose listeners returned", async () => {
  const storage = new FakeStorage();
  const before = await program(storage, 4);
  await before.service.receives("history");
  for (const seq of [5, 6]) await before.service.pushes(pushed(seq));
  before.chat.close();

  const { service } = await program(storage, { start: 4 });

  assert.equal(await isAskedAfter(service), 6);
});

test("without a position it begins at the start", async () => {
  const { service } = await program(new FakeStorage(), { start: 4 });

  assert.equal(await isAskedAfter(service), 4);
});

test("without a start it begins with what comes from now on, and keeps where that is", async () => {
  const storage = new FakeStorage();
  const { service, chat, messages } = await program(storage);
  await service.answers(await service.receives("history"), logPage({ messages: [], upTo: 9 }));
  chat.close();

  const later = await program(storage);

  assert.deepEqual(messages, []);
  assert.equal(await isAskedAfter(later.service), 9);
});

test("what is followed no longer moves no position", async () => {
  const storage = new FakeStorage();
  const { service, end } = await program(storage, 0);
  await service.receives("history");
  await service.pushes(pushed(1));

  end();
  await service.pushes(pushed(2));

  assert.deepEqual([...storage.kept.values()], ["1"]);
});

for (const [what, text] of [
  ["no JSON", "{"],
  ["no number", '"12"'],
]) {
  test(`a position that is ${what} is none`, async () => {
    const storage = new FakeStorage();
    storage.setItem("parley-position ws://service.test/ws/chat general", text);

    const { service } = await program(storage, { start: 3 });

    assert.equal(await isAskedAfter(service), 3);
  });
}

test("a storage that fails is an error event, and what is followed goes on", async () => {
  const storage = new FakeStorage();
  const { service, messages, errors } = await program(storage, 0);
  await service.receives("history");
  storage.setItem = () => {
    throw new Error("It is full.");
  };

  for (const seq of [1, 2]) await service.pushes(pushed(seq));

  assert.deepEqual(seqs(messages), [1, 2]);
  assert.deepEqual(errors.map(String), ["Error: It is full.", "Error: It is full."]);
});

test("what the web app keeps in IndexedDB is such a storage, over pages", async () => {
  const device = new Device();
  const first = await belongings(device, "first");
  const before = await program(first, 0);
  await before.service.receives("history");
  await before.service.pushes(pushed(1));
  await before.service.closes();
  outcome(before.chat.send("general", "Hello"));
  await first.settled();
  before.chat.close();

  const second = await belongings(device, "second");
  await second.takeUp("first", (name, text) => second.setItem(name, text));
  const { service } = await program(second, { start: 0 });

  assert.equal((await service.receives("chat_message")).data.content, "Hello");
  assert.equal(await isAskedAfter(service), 1);
});

/**
 * @param {Device} device
 * @param {string} page
 */
async function belongings(device, page) {
  const { db, scope } = await device.openAs("u-alice");
  const kept = new Belongings(page, assert.ifError);
  kept.open(db, scope);
  return kept;
}
