import assert from "node:assert/strict";
import { test } from "node:test";

import {
  Script,
  deleted,
  edited,
  heard,
  known,
  logPage,
  message,
  outcome,
  page,
  pushed,
  seqs,
} from "../support/script.js";
import { FakeStorage } from "../support/storage.js";

const ALICE = { userId: "u-alice", username: "alice" };
const BOB = { userId: "u-bob", username: "bob" };
const KEPT = { token: "kept", user: ALICE };

/** Alice's page as it begins without a connection, with what an earlier one left. */
function offline(saved = [known(4), known(5)], storage = new FakeStorage()) {
  const service = new Script().keepsAlive();
  const chat = service.connect({ storage });
  const signedIn = outcome(chat.authenticate(KEPT));
  return { service, chat, signedIn, storage, timeline: chat.open("general", { saved }) };
}

/** @param {Script} service */
async function answersHistory(service) {
  await service.answers(await service.receives("history"), page([4, 5]));
}

test("the user of a kept token is known before there is a connection", async () => {
  const { service, chat } = offline();

  assert.deepEqual([chat.user, chat.state], [ALICE, "connecting"]);
  await service.reopens();

  assert.equal(chat.user?.userId, "u-alice");
  assert.equal(chat.state, "online");
});

test("saved messages are shown until the timeline is loaded, and then only the service's", async () => {
  const { service, timeline } = offline([known(1), known(4, { content: "as it was" })]);
  const before = [...timeline.messages];

  await service.reopens();
  await service.answers(await service.receives("history"), page([4, 5], true));

  assert.deepEqual(seqs(before), [1, 4]);
  assert.deepEqual([timeline.isLoaded, timeline.hasEarlier], [true, true]);
  assert.deepEqual(seqs([...timeline.messages]), [4, 5]);
  assert.equal(timeline.messages[0]?.content, "message 4");
});

test("what is pushed before the timeline is loaded leaves no gap behind saved messages", async () => {
  const { service, timeline } = offline();
  await service.reopens();
  const request = await service.receives("history");

  await service.pushes(pushed(9));
  const meanwhile = seqs([...timeline.messages]);
  await service.answers(request, page([7, 8, 9], true));

  assert.deepEqual(meanwhile, [4, 5]);
  assert.deepEqual(seqs([...timeline.messages]), [7, 8, 9]);
});

test("a deletion and an edit reach saved messages before the timeline is loaded", async () => {
  const { service, timeline } = offline();
  await service.reopens();
  await service.receives("history");

  await service.pushes(deleted(6, 4));
  await service.pushes(edited(7, 5, "changed"));

  assert.deepEqual(
    timeline.messages.map(({ content }) => content),
    ["", "changed"],
  );
});

test("a saved state that is newer than the service's is dropped", async () => {
  const { service, timeline } = offline([known(5, { content: "restored away", version: 99 })]);
  await service.reopens();

  const now = logPage({ messages: [message(5)], upTo: 5 });
  await service.answers(await service.receives("history"), now);

  assert.equal(timeline.messages[0]?.content, "message 5");
});

test("messages kept from before are outgoing before there is a connection", async () => {
  const before = offline();
  outcome(before.chat.send("general", "written offline"));

  const { service, timeline } = offline([], before.storage.reloaded());
  const waiting = timeline.outgoing.map(({ content }) => content);
  await service.reopens();
  await answersHistory(service);

  assert.deepEqual(waiting, ["written offline"]);
  const sent = await service.receives("chat_message");
  assert.equal(sent.data.content, "written offline");
});

test("a kept token that is refused rejects, and what was kept waits for the same user", async () => {
  const { service, chat, signedIn, storage } = offline();
  const ends = heard(chat, "signed_out");
  outcome(chat.send("general", "written offline"));
  await service.opens();

  const refusal = { type: "auth_error", code: "token_expired" };
  await service.answers(await service.receives("authenticate"), refusal);

  assert.equal(signedIn.error.code, "token_expired");
  assert.deepEqual(ends, []);
  assert.equal(storage.kept.size, 1);
  await service.signsIn(chat);
  await answersHistory(service);
  assert.equal((await service.receives("chat_message")).data.content, "written offline");
});

test("if the token is another user's, nothing of the expected user is shown or sent", async () => {
  const { service, chat, timeline } = offline();
  const sent = outcome(chat.send("general", "alice's"));

  await service.opens();
  await service.accepts(BOB);

  assert.equal(chat.user?.userId, "u-bob");
  assert.equal(sent.error.code, "signed_out");
  assert.equal(/** @type {any} */ (timeline.error).code, "signed_out");
  await service.receivesNothing();
});

test("a wrong password after a session expired does not sign out, and keeps unsent messages", async () => {
  const storage = new FakeStorage();
  const service = new Script().keepsAlive();
  const chat = service.connect({ storage });
  await service.signsIn(chat);
  const ends = heard(chat, "signed_out");
  await service.closes();
  outcome(chat.send("general", "unsent"));
  await service.clock.pass(1_000);
  await service.opens();
  const expired = { type: "auth_error", code: "token_expired" };
  await service.answers(await service.receives("authenticate"), expired);

  const attempt = outcome(chat.authenticate({ username: "alice", password: "wrong" }));
  await service.opens();
  const refusal = { type: "auth_error", code: "invalid_credentials" };
  await service.answers(await service.receives("authenticate"), refusal);

  assert.equal(attempt.error.code, "invalid_credentials");
  assert.deepEqual(ends, [{ reason: "token_expired" }]);
  assert.equal(storage.kept.size, 1);
});

test("what a closed tab kept is sent by the one that adopts it, once and as the same message", async () => {
  const closed = offline();
  for (const content of ["one", "two"]) outcome(closed.chat.send("general", content));
  const { service, chat, storage } = offline();

  for (let times = 0; times < 2; times++) chat.adopt(closed.storage);
  const kept = JSON.parse([...storage.kept.values()][0] ?? "[]");
  await service.reopens();
  await answersHistory(service);
  const request = await service.receives("chat_message");

  const ids = JSON.parse([...closed.storage.kept.values()][0] ?? "[]").map(
    (/** @type {any} */ it) => it.clientMessageId,
  );
  assert.deepEqual(
    kept.map((/** @type {any} */ it) => it.clientMessageId),
    ids,
  );
  assert.equal(request.clientMessageId, ids[0]);
});

test("nothing is adopted before the user is known", async () => {
  const closed = offline();
  outcome(closed.chat.send("general", "alice's"));
  const service = new Script().keepsAlive();
  const chat = service.connect();

  chat.adopt(closed.storage);
  outcome(chat.authenticate({ username: "bob", password: "secret" }));
  await service.opens();
  await service.accepts(BOB);

  await service.receivesNothing();
});

test("a timeline that could not be loaded is loaded when asked again", async () => {
  const { service, timeline } = offline([]);
  await service.reopens();
  const refusal = { type: "error", code: "forbidden", message: "Not now." };
  await service.answers(await service.receives("history"), refusal);
  const failed = timeline.error;

  timeline.load();
  await service.answers(await service.receives("history"), page([4, 5], true));
  timeline.load();
  await service.receivesNothing();

  assert.equal(/** @type {any} */ (failed).code, "forbidden");
  assert.deepEqual([timeline.error, seqs([...timeline.messages])], [null, [4, 5]]);
});
