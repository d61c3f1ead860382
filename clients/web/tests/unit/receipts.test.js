import assert from "node:assert/strict";
import { test } from "node:test";

import { fromWire } from "../../src/wire.js";
import { Script, heard, known } from "../support/script.js";

/** @param {Script} service */
async function signedIn(service) {
  const chat = service.connect();
  await service.signsIn(chat);
  return chat;
}

test("many marks become one receipt, of the furthest message", async () => {
  const service = new Script();
  const chat = await signedIn(service);

  for (const seq of [1, 3, 2]) chat.markRead(known(seq));
  await service.clock.pass(400);

  const receipt = await service.receives("read_receipt");
  assert.equal(receipt.messageId, "general:3");
  await service.receivesNothing();
});

test("a receipt never goes back", async () => {
  const service = new Script();
  const chat = await signedIn(service);
  chat.markRead(known(3));
  await service.clock.pass(400);
  await service.answers(await service.receives("read_receipt"), { type: "ack" });

  chat.markRead(known(2));
  chat.markRead(known(3));
  await service.clock.pass(400);

  await service.receivesNothing();
});

test("a message read while a receipt is in flight gets the next receipt", async () => {
  const service = new Script();
  const chat = await signedIn(service);
  chat.markRead(known(1));
  await service.clock.pass(400);
  const first = await service.receives("read_receipt");

  chat.markRead(known(2));
  await service.clock.pass(400);
  await service.receivesNothing();
  await service.answers(first, { type: "ack" });

  assert.equal((await service.receives("read_receipt")).messageId, "general:2");
});

test("messages read offline become one receipt once online", async () => {
  const service = new Script();
  const chat = await signedIn(service);
  await service.closes();

  chat.markRead(known(1));
  await service.clock.pass(450);
  chat.markRead(known(5));
  await service.clock.pass(550);
  await service.reopens();

  assert.equal((await service.receives("read_receipt")).messageId, "general:5");
  await service.receivesNothing();
});

test("a message read on another device needs no receipt", async () => {
  const service = new Script();
  const chat = await signedIn(service);
  const data = { conversation_id: "general", user_id: "u-alice", username: "alice", seq: 5 };
  await service.pushes({ type: "read_receipt", data });

  chat.markRead(known(4));
  await service.clock.pass(400);

  await service.receivesNothing();
});

test("read receipts of others are events", async () => {
  const service = new Script();
  const receipts = heard(await signedIn(service), "read");

  const data = { conversation_id: "general", user_id: "u-bob", username: "bob", seq: 5 };
  await service.pushes({ type: "read_receipt", data });

  assert.deepEqual(receipts, [fromWire(data)]);
});

test("a rejected receipt is an error event and is not repeated", async () => {
  const service = new Script();
  const chat = await signedIn(service);
  const errors = heard(chat, "error");
  chat.markRead(known(1));
  await service.clock.pass(400);

  const request = await service.receives("read_receipt");
  await service.answers(request, { type: "error", code: "not_a_member" });
  await service.clock.pass(5_000);

  assert.equal(/** @type {any} */ (errors[0]).code, "not_a_member");
  await service.receivesNothing();
});

test("read marks of one user are never sent as another user", async () => {
  const service = new Script();
  const chat = await signedIn(service);
  await service.closes();
  chat.markRead(known(1));
  await service.clock.pass(450);
  await service.clock.pass(550);
  await service.opens();
  const expired = { type: "auth_error", code: "token_expired" };
  await service.answers(await service.receives("authenticate"), expired);

  const identity = chat.authenticate({ username: "bob", password: "secret" });
  await service.opens();
  await service.accepts({ user_id: "u-bob", username: "bob" });
  await service.clock.pass(1_000);

  assert.equal((await identity).username, "bob");
  await service.receivesNothing();
});
