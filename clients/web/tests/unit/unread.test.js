import assert from "node:assert/strict";
import { test } from "node:test";

import { TIMING } from "../../src/timing.js";
import {
  Script,
  deleted,
  edited,
  heard,
  known,
  logPage,
  message,
  outcome,
  pushed,
  reacted,
} from "../support/script.js";

/** @import { Chat } from "../../src/index.js" */

const ALICE = { user_id: "u-alice", username: "alice" };
const GENERAL = { conversation_id: "general", kind: "group", created_at: "2026-01-01" };

/**
 * Alice, who has read up to 4 of 10 messages; 5 of the others are of other people.
 * @param {Script} service
 * @param {object} [fields]
 */
async function signedIn(service, fields) {
  const chat = service.keepsAlive().connect();
  await service.signsIn(chat);
  await lists(service, chat, fields);
  return chat;
}

/**
 * @param {Script} service
 * @param {Chat} chat
 * @param {object} [fields]
 */
async function lists(service, chat, fields) {
  const asked = outcome(chat.listConversations());
  await counts(service, await service.receives("list_conversations"), fields);
  assert.ok(asked.value);
}

/**
 * The service answers with its numbers.
 * @param {Script} service
 * @param {any} request
 * @param {object} [fields]
 */
async function counts(service, request, fields) {
  const usual = { last_seq: 10, last_message: { seq: 10 }, last_read_seq: 4, unread_count: 5 };
  const items = [{ ...GENERAL, ...usual, ...fields }];
  await service.answers(request, { type: "conversations", data: { items } });
}

/**
 * The service is asked for the numbers of General again.
 * @param {Script} service
 * @param {number} [ms] how long after what made them doubtful
 */
async function isAsked(service, ms = TIMING.unread) {
  await service.clock.pass(ms);
  const request = await service.receives("list_conversations");
  assert.deepEqual(request.data, { conversation_ids: ["general"] });
  return request;
}

/** @param {number} seq */
function receipt(seq) {
  const place = { conversation_id: "general", message_id: `general:${seq}`, seq };
  return { type: "read_receipt", data: { ...place, ...ALICE, read_at: "…" } };
}

test("the unread count is the service's", async () => {
  const service = new Script();
  const chat = await signedIn(service);

  const data = {
    ...GENERAL,
    conversation_id: "new",
    last_seq: 3,
    last_message: { seq: 3 },
    last_read_seq: 1,
  };
  await service.pushes({ type: "conversation_created", data: { ...data, unread_count: 2 } });

  assert.equal(chat.unread("general"), 5);
  assert.equal(chat.unread("new"), 2);
  assert.equal(chat.unread("elsewhere"), 0);
});

test("a message of the user's own counts as reading also before the first page is there", async () => {
  const service = new Script();
  const chat = service.keepsAlive().connect();
  await service.signsIn(chat);
  chat.open("general");
  const newest = await service.receives("history");
  const listing = outcome(chat.listConversations());
  const list = await service.receives("list_conversations");
  outcome(chat.send("general", "Hello"));
  const sent = await service.receives("chat_message");
  await service.answers(sent, pushed(11, ALICE));
  const messages = [message(10), message(11, ALICE)];
  await service.answers(newest, logPage({ messages, upTo: 11 }));

  const counts = { last_seq: 10, last_message: { seq: 10 }, last_read_seq: 4, unread_count: 5 };
  const items = [{ ...GENERAL, ...counts }];
  await service.answers(list, { type: "conversations", data: { items } });

  assert.ok(listing.settled);
  assert.equal(chat.unread("general"), 0);
});

for (const [what, frame, unread] of /** @type {const} */ ([
  ["a message", pushed(11), 6],
  ["a deletion", deleted(11, 10), 4],
])) {
  test(`${what} that overtakes the first list is counted`, async () => {
    const service = new Script();
    const chat = service.keepsAlive().connect();
    await service.signsIn(chat);
    const listing = outcome(chat.listConversations());
    const list = await service.receives("list_conversations");

    await service.pushes(frame);
    await counts(service, list);
    const asked = await isAsked(service);
    await counts(service, asked, { last_message: { seq: 11 }, unread_count: unread });

    assert.ok(listing.settled);
    assert.equal(chat.unread("general"), unread);
    await service.receivesNothing();
  });
}

test("after messages of others the service is asked for the count, once for all of them", async () => {
  const service = new Script();
  const chat = await signedIn(service);
  const changes = heard(chat, "unread");

  for (const seq of [11, 13, 12, 13, 11, 9]) await service.pushes(pushed(seq));
  const before = chat.unread("general");
  await counts(service, await isAsked(service), { last_message: { seq: 13 }, unread_count: 8 });

  assert.deepEqual([before, chat.unread("general")], [5, 8]);
  assert.equal(changes.length, 1);
  await service.receivesNothing();
});

test("a list that was asked for earlier and comes later changes no count", async () => {
  const service = new Script();
  const chat = await signedIn(service);
  outcome(chat.listConversations());
  const early = await service.receives("list_conversations");
  await service.pushes(pushed(11));
  const late = await isAsked(service);

  await counts(service, late, { last_message: { seq: 11 }, unread_count: 6 });
  await counts(service, early, { unread_count: 5 });

  assert.equal(chat.unread("general"), 6);
});

test("while many messages arrive the service is asked every two seconds, the last time after all", async () => {
  const service = new Script();
  const chat = await signedIn(service);
  await service.pushes(pushed(11));
  await counts(service, await isAsked(service), { last_message: { seq: 11 }, unread_count: 6 });

  for (const seq of [12, 13]) {
    await service.pushes(pushed(seq));
    await service.clock.pass(900);
  }
  await service.receivesNothing();
  await counts(service, await isAsked(service, 200), {
    ...{ last_message: { seq: 13 }, unread_count: 8 },
  });

  assert.equal(chat.unread("general"), 8);
});

test("a message that arrives while the service counts makes it count again", async () => {
  const service = new Script();
  const chat = await signedIn(service);
  await service.pushes(pushed(11));
  const request = await isAsked(service);

  await service.pushes(pushed(12));
  await counts(service, request, { last_message: { seq: 11 }, unread_count: 6 });
  const again = await isAsked(service, TIMING.unreadAgain);
  await counts(service, again, { last_message: { seq: 12 }, unread_count: 7 });

  assert.equal(chat.unread("general"), 7);
});

test("a message that the service has counted already asks for nothing", async () => {
  const service = new Script();
  const chat = await signedIn(service, { last_message: { seq: 12 }, unread_count: 7 });
  const changes = heard(chat, "unread");

  for (const seq of [11, 12]) await service.pushes(pushed(seq));

  await service.clock.pass(5_000);
  await service.receivesNothing();
  assert.deepEqual([chat.unread("general"), changes], [7, []]);
});

test("a client that lists no conversations asks for no counts", async () => {
  const service = new Script().keepsAlive();
  const chat = service.connect();
  await service.signsIn(chat);

  await service.pushes(pushed(1));

  await service.clock.pass(5_000);
  await service.receivesNothing();
  assert.equal(chat.unread("general"), 0);
});

test("beyond a hundred only a mention of the user makes a difference", async () => {
  const service = new Script();
  const chat = await signedIn(service, { unread_count: 100 });

  await service.pushes(pushed(11));
  await service.clock.pass(5_000);
  await service.receivesNothing();
  await service.pushes(pushed(12, { mentions: ["u-alice"] }));
  const told = { last_message: { seq: 12 }, unread_count: 100, mention_count: 1 };
  await counts(service, await isAsked(service), told);

  assert.deepEqual([chat.unread("general"), chat.mentions("general")], [100, 1]);
});

test("what does not fit the answer is asked for once more, and what nobody has is not", async () => {
  const service = new Script();
  const chat = await signedIn(service);
  const other = { ...GENERAL, conversation_id: "other", last_read_seq: 0, last_seq: 0 };
  await service.pushes({ type: "conversation_created", data: { ...other, unread_count: 0 } });

  await service.pushes(pushed(11));
  const data = { ...pushed(1).data, conversation_id: "other", message_id: "other:1" };
  await service.pushes({ type: "chat_message", data });
  await service.clock.pass(TIMING.unread);
  const first = await service.receives("list_conversations");
  await counts(service, first, { last_message: { seq: 11 }, unread_count: 6 });
  const second = await service.receives("list_conversations");
  await service.answers(second, { type: "conversations", data: { items: [] } });

  assert.deepEqual(first.data, { conversation_ids: ["general", "other"] });
  assert.deepEqual(second.data, { conversation_ids: ["other"] });
  assert.equal(chat.unread("general"), 6);
  await service.clock.pass(5_000);
  await service.receivesNothing();
});

test("a request for counts that fails is reported, and the next message asks again", async () => {
  const service = new Script();
  const chat = await signedIn(service);
  const errors = heard(chat, "error");
  await service.pushes(pushed(11));
  await service.answers(await isAsked(service), { type: "error", code: "forbidden" });

  await service.pushes(pushed(12));
  const again = await isAsked(service, TIMING.unreadAgain);
  await counts(service, again, { last_message: { seq: 12 }, unread_count: 7 });

  assert.equal(errors.length, 1);
  assert.equal(chat.unread("general"), 7);
});

test("who writes has read what came before", async () => {
  const service = new Script();
  const chat = await signedIn(service);
  await service.pushes(pushed(11));

  await service.pushes(pushed(12, ALICE));

  assert.equal(chat.unread("general"), 0);
  await service.clock.pass(5_000);
  await service.receivesNothing();
});

test("what is read to the end counts no more, at once and without a question", async () => {
  const service = new Script();
  const chat = await signedIn(service, { mention_count: 2 });
  for (const seq of [11, 12]) await service.pushes(pushed(seq));

  chat.markRead(known(12));
  const atOnce = [chat.unread("general"), chat.mentions("general")];
  await service.clock.pass(400);
  await service.answers(await service.receives("read_receipt"), { type: "ack" });

  assert.deepEqual(atOnce, [0, 0]);
  await service.clock.pass(5_000);
  await service.receivesNothing();
});

test("what is read on another device counts no more", async () => {
  const service = new Script();
  const chat = await signedIn(service);
  await service.pushes(pushed(11));

  await service.pushes(receipt(11));

  assert.equal(chat.unread("general"), 0);
});

test("a message that was read elsewhere before it came here is not unread", async () => {
  const service = new Script();
  const chat = await signedIn(service);

  await service.pushes(receipt(11));
  await service.pushes(pushed(11));

  assert.equal(chat.unread("general"), 0);
});

test("what others read changes nothing", async () => {
  const service = new Script();
  const chat = await signedIn(service);

  const { data } = receipt(10);
  await service.pushes({ type: "read_receipt", data: { ...data, user_id: "u-bob" } });

  assert.equal(chat.unread("general"), 5);
});

test("after reading a part the service is asked what is left, once it knows of it", async () => {
  const service = new Script();
  const chat = await signedIn(service);

  for (const seq of [5, 6, 7]) chat.markRead(known(seq));
  await service.clock.pass(400);
  const receipt = await service.receives("read_receipt");
  await service.receivesNothing();
  await service.answers(receipt, { type: "ack" });
  await counts(service, await isAsked(service), { last_read_seq: 7, unread_count: 2 });

  assert.equal(receipt.messageId, "general:7");
  assert.equal(chat.unread("general"), 2);
  await service.clock.pass(5_000);
  await service.receivesNothing();
});

test("a part that was read on another device changes the count as well", async () => {
  const service = new Script();
  const chat = await signedIn(service);

  await service.pushes(receipt(6));
  await counts(service, await isAsked(service), { last_read_seq: 6, unread_count: 3 });

  assert.equal(chat.unread("general"), 3);
});

test("an answer of before the user read to the end does not bring the number back", async () => {
  const service = new Script();
  const chat = await signedIn(service);
  await service.pushes(receipt(6));
  const request = await isAsked(service);
  await service.pushes(receipt(10));

  await counts(service, request, { last_read_seq: 6, unread_count: 3 });

  assert.equal(chat.unread("general"), 0);
});

test("a list that was made before the user had read does not bring the number back", async () => {
  const service = new Script();
  const chat = await signedIn(service);
  chat.markRead(known(10));

  await lists(service, chat);

  assert.equal(chat.unread("general"), 0);
});

test("a conversation that the user left counts for nothing, nor does it for the next user", async () => {
  const service = new Script();
  const chat = await signedIn(service);
  const data = { conversation_id: "general", ...ALICE, by: ALICE };

  await service.pushes({ type: "member_removed", data });
  const left = chat.unread("general");
  await lists(service, chat);
  await service.pushes({ type: "signed_out", data: { reason: "sign_out" } });

  assert.deepEqual([left, chat.unread("general")], [0, 0]);
});

test("a list that was made before the user wrote does not bring the number back", async () => {
  const service = new Script();
  const chat = await signedIn(service);
  await service.pushes(pushed(11, ALICE));

  await lists(service, chat);

  assert.equal(chat.unread("general"), 0);
});

test("a message that comes deleted is not unread", async () => {
  const service = new Script();
  const chat = await signedIn(service);

  const changes = heard(chat, "unread");
  await service.pushes(deleted(12, 11));
  await service.pushes(pushed(11));

  assert.equal(chat.unread("general"), 5);
  assert.deepEqual(changes, []);
});

test("after a deletion or an edit of an unread message the service is asked again", async () => {
  for (const change of [deleted(11, 8), edited(11, 8, "@alice", { mentions: ["u-alice"] })]) {
    const service = new Script();
    const chat = await signedIn(service);

    await service.pushes(change);
    await counts(service, await isAsked(service), { unread_count: 4, mention_count: 1 });

    assert.deepEqual([chat.unread("general"), chat.mentions("general")], [4, 1]);
  }
});

test("reactions, and changes of what is read, ask for nothing", async () => {
  const service = new Script();
  const chat = await signedIn(service);

  await service.pushes(reacted(11, 8, 1));
  await service.pushes(edited(12, 3, "@alice", { mentions: ["u-alice"] }));
  await service.pushes(deleted(13, 2));

  await service.clock.pass(5_000);
  await service.receivesNothing();
  assert.deepEqual([chat.unread("general"), chat.mentions("general")], [5, 0]);
});

test("the first message of a conversation is asked for, though it was numbered before the list", async () => {
  const service = new Script();
  const chat = await signedIn(service, {
    ...{ last_seq: 1, last_message: undefined, last_read_seq: 0, unread_count: 0 },
  });
  const messages = heard(chat, "message");

  await service.pushes(pushed(1));
  const told = { last_message: { seq: 1 }, last_read_seq: 0, unread_count: 1 };
  await counts(service, await isAsked(service), told);

  assert.equal(chat.unread("general"), 1);
  assert.equal(messages.length, 1);
});
