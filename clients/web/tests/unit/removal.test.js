import assert from "node:assert/strict";
import { test } from "node:test";

import { Script, heard, outcome, page, pushed, seqs } from "../support/script.js";

const EVENTS = /** @type {const} */ ([
  "message",
  "typing",
  "read",
  "members_added",
  "member_removed",
]);
const BOB = { user_id: "u-bob", username: "bob" };
const ALICE = { user_id: "u-alice", username: "alice" };
const GENERAL = { conversation_id: "general" };

const REMOVED = { type: "member_removed", data: { ...GENERAL, ...ALICE, by: BOB } };
const LISTED = {
  ...GENERAL,
  kind: "group",
  last_seq: 1,
  last_message: { seq: 1 },
  last_read_seq: 0,
  unread_count: 1,
};
const CREATED = { type: "conversation_created", data: LISTED };

/** What may still be on its way when somebody is removed. */
const PUSHES = [
  pushed(2),
  pushed(3),
  { type: "typing", data: { ...GENERAL, ...BOB, is_typing: true } },
  { type: "read_receipt", data: { ...GENERAL, ...BOB, message_id: "general:1", seq: 1 } },
  { type: "members_added", data: { ...GENERAL, members: [], by: BOB } },
  { type: "member_removed", data: { ...GENERAL, ...BOB, by: BOB } },
];

/** @param {Script} service */
async function signedIn(service) {
  const chat = service.connect();
  await service.signsIn(chat);
  await service.pushes(CREATED);
  return chat;
}

/**
 * Everything that the client tells of, by type, as it comes.
 * @param {import("../../src/client.js").Chat} chat
 */
function everything(chat) {
  /** @type {string[]} */
  const types = [];
  for (const type of EVENTS) chat.on(type, () => types.push(type));
  return types;
}

/**
 * @template Item
 * @param {Item[]} items
 * @returns {Item[][]}
 */
function orders(items) {
  if (items.length < 2) return [items];
  return items.flatMap((item, index) =>
    orders(without(items, index)).map((rest) => [item, ...rest]),
  );
}

/**
 * @template Item
 * @param {Item[]} items
 * @param {number} index
 */
function without(items, index) {
  return [...items.slice(0, index), ...items.slice(index + 1)];
}

test("nothing that arrives after the user's removal is delivered, in any order", async () => {
  for (const order of orders(PUSHES.slice(1))) {
    const service = new Script().keepsAlive();
    const chat = await signedIn(service);
    await service.pushes(REMOVED);
    const told = everything(chat);

    for (const frame of order) service.socket.onmessage?.({ data: JSON.stringify(frame) });
    await service.clock.pass(1_000);

    assert.deepEqual(told, []);
    await service.receivesNothing();
  }
});

test("only what arrived before the user's removal is delivered", async () => {
  for (let before = 0; before <= PUSHES.length; before++) {
    const service = new Script().keepsAlive();
    const told = everything(await signedIn(service));

    const frames = [...PUSHES.slice(0, before), REMOVED, ...PUSHES.slice(before)];
    for (const frame of frames) await service.pushes(frame);

    assert.equal(told.length, before + 1);
  }
});

test("heartbeats omit conversations that the user was removed from", async () => {
  const service = new Script();
  await signedIn(service);
  await service.pushes(REMOVED);
  await service.pushes(pushed(2));

  await service.clock.pass(30_000);

  assert.deepEqual((await service.receives("heartbeat")).data.positions, {});
});

test("a user who is added again receives later messages", async () => {
  const service = new Script().keepsAlive();
  const chat = await signedIn(service);
  await service.pushes(REMOVED);
  await service.pushes(pushed(2));
  const messages = heard(chat, "message");

  const data = { ...LISTED, last_seq: 4, last_message: { seq: 4 } };
  await service.pushes({ type: "conversation_created", data });
  await service.pushes(pushed(3));
  await service.pushes(pushed(5));

  assert.deepEqual(seqs(messages), [5]);
});

test("a list that was asked for before the removal does not bring the conversation back", async () => {
  const service = new Script().keepsAlive();
  const chat = await signedIn(service);
  const messages = heard(chat, "message");
  const listed = outcome(chat.listConversations());
  const request = await service.receives("list_conversations");

  await service.pushes(REMOVED);
  const items = [LISTED, { ...LISTED, conversation_id: "random" }];
  await service.answers(request, { type: "conversations", data: { items } });
  await service.pushes(pushed(2));

  assert.deepEqual(
    listed.value.items.map((/** @type {any} */ it) => it.conversationId),
    ["random"],
  );
  assert.equal(chat.unread("general"), 0);
  assert.deepEqual(messages, []);
});

test("a list that is asked for after the removal brings the conversation back", async () => {
  const service = new Script().keepsAlive();
  const chat = await signedIn(service);
  const messages = heard(chat, "message");
  await service.pushes(REMOVED);

  const listed = outcome(chat.listConversations());
  const request = await service.receives("list_conversations");
  await service.answers(request, { type: "conversations", data: { items: [LISTED] } });
  await service.pushes(pushed(2));

  assert.equal(listed.value.items.length, 1);
  assert.deepEqual(seqs(messages), [2]);
});

test("a repeated removal push changes nothing after a newer list", async () => {
  const service = new Script().keepsAlive();
  const chat = await signedIn(service);
  const messages = heard(chat, "message");
  await service.pushes(REMOVED);

  outcome(chat.listConversations());
  const request = await service.receives("list_conversations");
  await service.pushes(REMOVED);
  await service.answers(request, { type: "conversations", data: { items: [LISTED] } });
  await service.pushes(pushed(2));

  assert.deepEqual(seqs(messages), [2]);
});

test("a history rejected with not_a_member closes the conversation like a removal", async () => {
  const service = new Script().keepsAlive();
  const chat = await signedIn(service);
  const messages = heard(chat, "message");
  await service.pushes(pushed(3));
  await service.clock.pass(250);
  const request = await service.receives("history");
  await service.answers(request, { type: "error", code: "not_a_member" });

  await service.pushes(pushed(4));
  await service.clock.pass(1_000);

  assert.deepEqual(messages, []);
  await service.receivesNothing();
});

test("a successful history reopens a conversation that the user was removed from", async () => {
  const service = new Script().keepsAlive();
  const chat = await signedIn(service);
  await service.pushes(REMOVED);
  const timeline = chat.open("general");
  await service.answers(await service.receives("history"), page([1]));

  await service.pushes(pushed(2));

  assert.deepEqual(seqs([...timeline.messages]), [1, 2]);
});

test("conversations that one user left are not blocked for the next user", async () => {
  const service = new Script().keepsAlive();
  const chat = await signedIn(service);
  await service.pushes(REMOVED);
  outcome(chat.authenticate({ username: "bob", password: "secret" }));
  await service.opens();
  await service.accepts(BOB);
  const messages = heard(chat, "message");

  await service.pushes(pushed(2));

  assert.deepEqual(seqs(messages), [2]);
});
