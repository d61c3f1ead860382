import assert from "node:assert/strict";
import { test } from "node:test";

import { Script, heard, outcome, page, pushed, seqs } from "../support/script.js";

/** @param {Script} service */
async function signedIn(service) {
  const chat = service.connect();
  await service.signsIn(chat);
  return chat;
}

test("messages that arrive in order are delivered at once", async () => {
  const service = new Script();
  const messages = heard(await signedIn(service), "message");

  for (const seq of [5, 6, 7]) await service.pushes(pushed(seq));

  assert.deepEqual(seqs(messages), [5, 6, 7]);
});

test("a message pushed twice is delivered once", async () => {
  const service = new Script();
  const messages = heard(await signedIn(service), "message");

  for (const seq of [5, 5, 6, 5, 6]) await service.pushes(pushed(seq));

  assert.deepEqual(seqs(messages), [5, 6]);
});

test("a message that overtook another waits for it without a request", async () => {
  const service = new Script();
  const messages = heard(await signedIn(service), "message");

  for (const seq of [5, 7, 6]) await service.pushes(pushed(seq));
  await service.clock.pass(1_000);

  assert.deepEqual(seqs(messages), [5, 6, 7]);
  await service.receivesNothing();
});

test("a gap that stays open is requested once", async () => {
  const service = new Script();
  const messages = heard(await signedIn(service), "message");
  for (const seq of [5, 8]) await service.pushes(pushed(seq));

  await service.clock.pass(250);
  const request = await service.receives("history");
  await service.clock.pass(1_000);
  await service.receivesNothing();
  await service.answers(request, page([6, 7, 8]));

  assert.deepEqual(request.data, { after_seq: 5, limit: 100 });
  assert.deepEqual(seqs(messages), [5, 6, 7, 8]);
});

test("numbers that history does not have are skipped for good", async () => {
  const service = new Script();
  const messages = heard(await signedIn(service), "message");
  for (const seq of [5, 8]) await service.pushes(pushed(seq));

  await service.clock.pass(250);
  await service.answers(await service.receives("history"), page([7, 8]));
  await service.pushes(pushed(9));
  await service.clock.pass(1_000);

  assert.deepEqual(seqs(messages), [5, 7, 8, 9]);
  await service.receivesNothing();
});

test("history is read until has_more is false", async () => {
  const service = new Script();
  const messages = heard(await signedIn(service), "message");
  for (const seq of [1, 6]) await service.pushes(pushed(seq));

  await service.clock.pass(250);
  await service.answers(await service.receives("history"), page([2, 3], true));
  const second = await service.receives("history");
  await service.answers(second, page([4, 5, 6]));

  assert.equal(second.data.after_seq, 3);
  assert.deepEqual(seqs(messages), [1, 2, 3, 4, 5, 6]);
});

test("an empty page with has_more does not make an endless loop", async () => {
  const service = new Script();
  const messages = heard(await signedIn(service), "message");
  for (const seq of [1, 3]) await service.pushes(pushed(seq));

  await service.clock.pass(250);
  await service.answers(await service.receives("history"), page([], true));

  assert.deepEqual(seqs(messages), [1, 3]);
  await service.receivesNothing();
});

test("messages pushed while a gap is being filled are delivered after it", async () => {
  const service = new Script();
  const messages = heard(await signedIn(service), "message");
  for (const seq of [1, 3]) await service.pushes(pushed(seq));

  await service.clock.pass(250);
  const request = await service.receives("history");
  await service.pushes(pushed(4));
  await service.answers(request, page([2, 3]));

  assert.deepEqual(seqs(messages), [1, 2, 3, 4]);
});

test("a gap that opens while another is being filled is filled as well", async () => {
  const service = new Script();
  const messages = heard(await signedIn(service), "message");
  for (const seq of [1, 3]) await service.pushes(pushed(seq));

  await service.clock.pass(250);
  const request = await service.receives("history");
  await service.pushes(pushed(6));
  await service.answers(request, page([2, 3]));
  await service.clock.pass(250);
  await service.answers(await service.receives("history"), page([4, 5, 6]));

  assert.deepEqual(seqs(messages), [1, 2, 3, 4, 5, 6]);
});

test("a gap whose request is lost with the connection is requested on the next", async () => {
  const service = new Script();
  const messages = heard(await signedIn(service), "message");
  for (const seq of [1, 3]) await service.pushes(pushed(seq));
  await service.clock.pass(250);
  await service.receives("history");

  await service.closes();
  await service.clock.pass(1_000);
  await service.reopens();
  await service.receives("heartbeat");
  await service.answers(await service.receives("history"), page([2, 3]));

  assert.deepEqual(seqs(messages), [1, 2, 3]);
});

test("each conversation has its own order", async () => {
  const service = new Script();
  const messages = heard(await signedIn(service), "message");

  await service.pushes(pushed(5));
  await service.pushes(pushed(2, { conversation_id: "random" }));
  await service.pushes(pushed(6));

  assert.deepEqual(seqs(messages), [5, 2, 6]);
});

test("follow delivers everything after a remembered number", async () => {
  const service = new Script().keepsAlive();
  const chat = service.connect();
  const messages = heard(chat, "message");

  chat.follow("general", 17);
  await service.signsIn(chat);
  const request = await service.receives("history");
  await service.pushes(pushed(20));
  await service.answers(request, page([18, 19]));

  assert.equal(request.data.after_seq, 17);
  assert.deepEqual(seqs(messages), [18, 19, 20]);
});

test("a listed conversation continues after its last stored message", async () => {
  const service = new Script();
  const chat = await signedIn(service);
  const messages = heard(chat, "message");
  const listed = chat.listConversations();
  const request = await service.receives("list_conversations");
  const item = { conversation_id: "general", last_seq: 9, last_message: { seq: 8 } };
  await service.answers(request, { type: "conversations", data: { items: [item] } });

  await service.pushes(pushed(10));
  await service.pushes(pushed(9));

  assert.equal((await listed).items.length, 1);
  assert.deepEqual(seqs(messages), [9, 10]);
});

test("malformed and unknown frames are ignored", async () => {
  const service = new Script();
  const chat = await signedIn(service);
  const messages = heard(chat, "message");

  for (const data of ["", " ", "not JSON", '{"type": "chat_message"', '"text"']) {
    service.socket.onmessage?.({ data });
  }
  service.socket.onmessage?.({ data: new ArrayBuffer(1) });
  for (const frame of [[], null, 7, { type: "of_tomorrow" }, { type: "chat_message" }]) {
    await service.pushes(/** @type {any} */ (frame));
  }
  await service.pushes({ type: "chat_message", data: { seq: "1", conversation_id: "general" } });

  assert.deepEqual(messages, []);
  assert.equal(chat.state, "online");
});

test("an empty frame answers nothing and proves the connection alive", async () => {
  const service = new Script();
  const chat = await signedIn(service);
  const sent = outcome(chat.send("general", "Hello"));
  await service.receives("chat_message");

  service.socket.onmessage?.({ data: "" });
  await service.clock.pass(15_000);
  await service.receives("heartbeat");
  service.socket.onmessage?.({ data: "" });
  await service.clock.pass(10_000);

  assert.equal(sent.settled, false);
  assert.equal(chat.state, "online");
});
