import assert from "node:assert/strict";
import { test } from "node:test";

import { Script, heard, known, outcome, page, pushed } from "../support/script.js";
import { FakeStorage } from "../support/storage.js";

const HOUR = 3_600_000;
const BOB = { user_id: "u-bob", username: "bob" };

/**
 * A page on which alice is signed in.
 * @param {FakeStorage} storage
 */
async function pageWith(storage) {
  const service = new Script().keepsAlive();
  const chat = service.connect({ storage });
  const steps = heard(chat, "outgoing");
  await service.signsIn(chat);
  return { service, chat, steps };
}

/** What is kept of a page on which alice wrote two messages without a connection. */
async function written() {
  const storage = new FakeStorage();
  const { service, chat } = await pageWith(storage);
  await service.closes();
  for (const content of ["one", "two"]) outcome(chat.send("general", content));
  return storage;
}

/**
 * @param {Script} service
 * @param {number} seq
 */
async function stores(service, seq) {
  const request = await service.receives("chat_message");
  const { clientMessageId: client_message_id } = request;
  const own = { user_id: "u-alice", client_message_id, content: request.data.content };
  await service.answers(request, pushed(seq, own));
  return request;
}

test("messages unsent before a reload are sent after it, in order and once", async () => {
  const storage = (await written()).reloaded();
  const { service, chat, steps } = await pageWith(storage);

  const requests = [await stores(service, 1), await stores(service, 2)];

  assert.deepEqual(
    requests.map(({ data }) => data.content),
    ["one", "two"],
  );
  assert.deepEqual(
    steps.map(({ content, state }) => `${content} ${state}`),
    ["one sending", "two sending", "one stored", "two stored"],
  );
  assert.equal(chat.state, "online");
  assert.deepEqual([...storage.kept], []);
});

test("a message keeps its files over a reload", async () => {
  const storage = new FakeStorage();
  const before = await pageWith(storage);
  await before.service.closes();
  const file = { attachmentId: "a-1", name: "cat.png", size: 12, mediaType: "image/png" };
  outcome(before.chat.send("general", { attachments: [file] }));

  const { service, steps } = await pageWith(storage.reloaded());
  const request = await stores(service, 1);

  assert.deepEqual(request.data, {
    content: "",
    type: "text",
    attachments: [{ attachment_id: "a-1" }],
  });
  assert.deepEqual(steps[0]?.attachments, [file]);
});

test("a message unanswered before a reload is repeated with the same id", async () => {
  const storage = new FakeStorage();
  const before = await pageWith(storage);
  outcome(before.chat.send("general", "Hello"));
  const first = await before.service.receives("chat_message");

  const after = await pageWith(storage.reloaded());
  const second = await after.service.receives("chat_message");

  assert.equal(second.clientMessageId, first.clientMessageId);
});

test("an unsent reply is the same reply after a reload", async () => {
  const storage = new FakeStorage();
  const before = await pageWith(storage);
  outcome(before.chat.reply(known(3), "Yes", { mentions: ["u-bob"] }));
  const first = await before.service.receives("chat_message");

  const after = await pageWith(storage.reloaded());
  const second = await after.service.receives("chat_message");

  assert.deepEqual(second.data, first.data);
  assert.equal(second.data.reply_to, "general:3");
});

test("messages that the version before kept are sent", async () => {
  const storage = await written();
  const [[key = "", text = ""] = []] = storage.kept;
  const kept = { conversationId: "general", clientMessageId: "1", content: "one", type: "text" };
  storage.setItem(key, JSON.stringify([{ ...kept, sentAt: null }]));

  const { service } = await pageWith(storage.reloaded());

  assert.ok(text);
  assert.deepEqual((await service.receives("chat_message")).data, { content: "one", type: "text" });
});

test("messages restored after a reload are outgoing", async () => {
  const { service, chat } = await pageWith((await written()).reloaded());

  const timeline = chat.open("general");
  await service.receives("chat_message");
  await service.answers(await service.receives("history"), page([]));

  assert.deepEqual(
    timeline.outgoing.map(({ content }) => content),
    ["one", "two"],
  );
});

test("a message that failed before a reload can be resent or discarded after it", async () => {
  const storage = new FakeStorage();
  const before = await pageWith(storage);
  const sent = outcome(before.chat.send("general", "Hello"));
  const request = await before.service.receives("chat_message");
  const refusal = { type: "error", code: "forbidden", message: "Not here." };
  await before.service.answers(request, refusal);
  assert.equal(sent.error.code, "forbidden");

  const reloaded = storage.reloaded();
  const { service, chat, steps } = await pageWith(reloaded);
  const [failed] = steps;
  assert.ok(failed);
  await service.receivesNothing();
  chat.discard(failed);

  assert.equal(failed.state, "failed");
  assert.equal(/** @type {any} */ (failed.error).code, "forbidden");
  assert.equal(failed.error?.message, "Not here.");
  assert.deepEqual([...reloaded.kept], []);
});

test("unsent messages of one user are kept for that user alone", async () => {
  const storage = (await written()).reloaded();
  const service = new Script().keepsAlive();
  const chat = service.connect({ storage });
  outcome(chat.authenticate({ username: "bob", password: "secret" }));
  await service.opens();
  await service.accepts(BOB);
  await service.receivesNothing();

  const alice = await pageWith(storage.reloaded());

  assert.equal((await stores(alice.service, 1)).data.content, "one");
});

test("unsent messages are never sent to another service", async () => {
  const storage = (await written()).reloaded();
  for (const [key, text] of [...storage.kept]) {
    storage.kept.delete(key);
    storage.kept.set(key.replace("service.test", "elsewhere.test"), text);
  }

  const { service } = await pageWith(storage);

  await service.receivesNothing();
});

test("signing out forgets unsent messages, closing keeps them", async () => {
  const [left, closed] = [await written(), await written()].map((storage) => storage.reloaded());
  assert.ok(left && closed);
  const signedOut = await pageWith(left);
  const gone = await pageWith(closed);

  await signedOut.service.pushes({ type: "signed_out", data: { reason: "sign_out" } });
  gone.chat.close();

  assert.deepEqual([...left.kept], []);
  const { service } = await pageWith(closed.reloaded());
  assert.equal((await stores(service, 1)).data.content, "one");
});

test("an expired session keeps unsent messages until the user signs in again", async () => {
  const storage = new FakeStorage();
  const { service, chat } = await pageWith(storage);
  await service.closes();
  outcome(chat.send("general", "Hello"));
  await service.clock.pass(1_000);
  await service.opens();
  const expired = { type: "auth_error", code: "token_expired" };
  await service.answers(await service.receives("authenticate"), expired);

  const back = await pageWith(storage.reloaded());

  assert.equal((await stores(back.service, 1)).data.content, "Hello");
});

test("after a day only messages that were never sent are sent again", async () => {
  const storage = new FakeStorage();
  const before = await pageWith(storage);
  for (const content of ["sent", "written"]) outcome(before.chat.send("general", content));
  await before.service.receives("chat_message");

  const after = new Script().keepsAlive();
  after.clock.set(24 * HOUR);
  const chat = after.connect({ storage: storage.reloaded() });
  const steps = heard(chat, "outgoing");
  await after.signsIn(chat);

  assert.equal((await stores(after, 1)).data.content, "written");
  const failed = steps.find(({ state }) => state === "failed");
  assert.equal(failed?.content, "sent");
  assert.equal(/** @type {any} */ (failed?.error).code, "outcome_unknown");
});

test("messages written after a reload follow those written before it", async () => {
  const service = new Script().keepsAlive();
  const chat = service.connect({ storage: (await written()).reloaded() });

  outcome(chat.send("general", "three"));
  await service.signsIn(chat);
  const requests = [await stores(service, 1), await stores(service, 2), await stores(service, 3)];

  assert.deepEqual(
    requests.map(({ data }) => data.content),
    ["one", "two", "three"],
  );
});

test("messages written before authentication are saved once the user is known", async () => {
  const storage = new FakeStorage();
  const first = await pageWith(storage);
  outcome(first.chat.send("general", "one"));
  await first.service.receives("chat_message");
  const second = new Script().keepsAlive();
  const chat = second.connect({ storage });
  outcome(chat.send("general", "two"));
  await second.signsIn(chat);
  await second.receives("chat_message");

  const { service } = await pageWith(storage.reloaded());
  const requests = [await stores(service, 1), await stores(service, 2)];

  assert.deepEqual(
    requests.map(({ data }) => data.content),
    ["one", "two"],
  );
});

test("a message that the program itself repeats after a reload is sent once", async () => {
  const storage = new FakeStorage();
  const before = await pageWith(storage);
  await before.service.closes();
  const options = { clientMessageId: "mine" };
  outcome(before.chat.send("general", "Hello", options));

  const service = new Script().keepsAlive();
  const chat = service.connect({ storage: storage.reloaded() });
  const sent = outcome(chat.send("general", "Hello", options));
  await service.signsIn(chat);
  await stores(service, 1);

  assert.equal(sent.value.seq, 1);
  await service.receivesNothing();
});

test("a storage that fails costs persistence and nothing else", async () => {
  const storage = new FakeStorage();
  storage.setItem = storage.getItem = () => {
    throw new Error("no conversation");
  };
  const service = new Script().keepsAlive();
  const chat = service.connect({ storage });
  const errors = heard(chat, "error");
  await service.signsIn(chat);

  const sent = outcome(chat.send("general", "Hello"));
  await stores(service, 1);

  assert.equal(sent.value.seq, 1);
  assert.equal(String(errors[0]), "Error: no conversation");
});

test("messages written while a session ends are sent in the next, in order", async () => {
  const { service, chat } = await pageWith(new FakeStorage());
  outcome(chat.send("general", "of the session that ends"));
  await service.receives("chat_message");

  const ended = { type: "signed_out", data: { reason: "sign_out" } };
  service.socket.onmessage?.({ data: JSON.stringify(ended) });
  for (const content of ["one", "two"]) outcome(chat.send("general", content));
  await service.signsIn(chat);
  const requests = [await stores(service, 1), await stores(service, 2)];

  assert.deepEqual(
    requests.map(({ data }) => data.content),
    ["one", "two"],
  );
  await service.receivesNothing();
});

test("storage content that is not a saved outbox is ignored", async () => {
  const [key] = [...(await written()).kept.keys()];
  assert.ok(key);
  for (const text of ["no JSON", "7", "null", "{}", '[null, 7, {"content": "x"}, []]']) {
    const storage = new FakeStorage();
    storage.setItem(key, text);

    const { service, chat } = await pageWith(storage);

    assert.equal(chat.state, "online");
    await service.receivesNothing();
  }
});
