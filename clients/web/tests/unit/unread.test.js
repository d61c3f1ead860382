import assert from "node:assert/strict";
import { test } from "node:test";

import {
  Script,
  deleted,
  edited,
  heard,
  logPage,
  message,
  outcome,
  page,
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
  const request = await service.receives("list_conversations");
  const counts = { last_seq: 10, last_message: { seq: 10 }, last_read_seq: 4, unread_count: 5 };
  const items = [{ ...GENERAL, ...counts, ...fields }];
  await service.answers(request, { type: "conversations", data: { items } });
  assert.ok(asked.value);
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

test("each message of others counts once, in whatever order and however often it comes", async () => {
  const service = new Script();
  const chat = await signedIn(service);
  const changes = heard(chat, "unread");

  for (const seq of [11, 13, 12, 13, 11, 9]) await service.pushes(pushed(seq));

  assert.equal(chat.unread("general"), 8);
  assert.deepEqual(
    changes.map(({ unread_count }) => unread_count),
    [6, 7, 8],
  );
});

test("a number that was never used counts for nothing", async () => {
  const service = new Script();
  const chat = await signedIn(service);

  await service.pushes(pushed(15));
  await service.clock.pass(250);
  await service.answers(await service.receives("history"), page([15]));

  assert.equal(chat.unread("general"), 6);
});

test("who writes has read what came before", async () => {
  const service = new Script();
  const chat = await signedIn(service);
  await service.pushes(pushed(11));

  await service.pushes(pushed(12, ALICE));
  assert.equal(chat.unread("general"), 0);
  await service.pushes(pushed(13));

  assert.equal(chat.unread("general"), 1);
});

test("what is read counts no more, at once and not only when the service knows of it", async () => {
  const service = new Script();
  const chat = await signedIn(service);
  for (const seq of [11, 12, 13]) await service.pushes(pushed(seq));

  chat.markRead(message(12));

  assert.equal(chat.unread("general"), 1);
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

test("what is left of the service's number is counted by its messages, not by their numbers", async () => {
  const service = new Script();
  const chat = await signedIn(service);

  await service.pushes(receipt(6));
  const request = await service.receives("history");
  await service.pushes(pushed(11));
  const data = { messages: [message(8), message(10), message(11)], has_more: false };
  await service.answers(request, { type: "history", data });

  assert.equal(request.data.after_seq, 6);
  assert.equal(chat.unread("general"), 3);
});

test("of the user's own messages those counted are the ones after the last", async () => {
  const service = new Script();
  const chat = await signedIn(service);

  await service.pushes(receipt(6));
  const messages = [message(7), message(8, ALICE), message(9)];
  const first = { messages, has_more: true };
  await service.answers(await service.receives("history"), { type: "history", data: first });
  await service.answers(await service.receives("history"), page([10]));

  assert.equal(chat.unread("general"), 2);
});

test("many messages that are read one after another are counted once", async () => {
  const service = new Script();
  const chat = await signedIn(service);

  for (const seq of [5, 6, 7]) chat.markRead(message(seq));
  await service.clock.pass(400);
  await service.answers(await service.receives("read_receipt"), { type: "ack" });
  const request = await service.receives("history");
  await service.answers(request, page([8, 9, 10]));

  assert.equal(request.data.after_seq, 7);
  assert.equal(chat.unread("general"), 3);
  await service.receivesNothing();
});

test("a receipt that comes while what is left is counted has the last word", async () => {
  const service = new Script();
  const chat = await signedIn(service);

  await service.pushes(receipt(6));
  const request = await service.receives("history");
  await service.pushes(receipt(10));
  await service.answers(request, page([8, 10]));

  assert.equal(chat.unread("general"), 0);
});

test("each list sets the number again, and what it had not seen stays counted", async () => {
  const service = new Script();
  const chat = await signedIn(service);
  for (const seq of [11, 12, 13]) await service.pushes(pushed(seq));

  await lists(service, chat, { last_seq: 12, last_message: { seq: 12 }, unread_count: 2 });

  assert.equal(chat.unread("general"), 3);
});

test("a message that a list has counted is not counted again when it comes late", async () => {
  const service = new Script();
  const chat = await signedIn(service);
  const counted = { last_seq: 12, last_message: { seq: 12 }, unread_count: 7 };

  await lists(service, chat, counted);
  const changes = heard(chat, "unread");
  for (const seq of [11, 12]) await service.pushes(pushed(seq));
  await lists(service, chat, counted);

  assert.equal(chat.unread("general"), 7);
  assert.deepEqual(changes, []);
});

test("of very many that are left, no more are counted than the service would", async () => {
  const service = new Script();
  const chat = await signedIn(service, { last_message: { seq: 900 }, unread_count: 100 });

  await service.pushes(receipt(6));
  const messages = Array.from({ length: 100 }, (_, n) => message(n + 7));
  const data = { messages, has_more: true };
  await service.answers(await service.receives("history"), { type: "history", data });

  assert.equal(chat.unread("general"), 100);
  await service.receivesNothing();
});

test("a list that was made before the user had read does not bring the number back", async () => {
  const service = new Script();
  const chat = await signedIn(service);
  chat.markRead(message(10));

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

test("a mention of the user or of everybody counts, also by the service's number", async () => {
  const service = new Script();
  const chat = await signedIn(service, { mention_count: 2 });
  const changes = heard(chat, "unread");

  await service.pushes(pushed(11, { mentions: ["u-carol"] }));
  await service.pushes(pushed(12, { mentions: ["u-alice"] }));
  await service.pushes(pushed(13, { mentions: ["*"] }));

  assert.deepEqual([chat.unread("general"), chat.mentions("general")], [8, 4]);
  assert.deepEqual(
    changes.map(({ mention_count }) => mention_count),
    [2, 3, 4],
  );
});

test("mentions that are read count no more", async () => {
  const service = new Script();
  const chat = await signedIn(service, { mention_count: 2 });
  await service.pushes(pushed(11, { mentions: ["*"] }));

  chat.markRead(message(11));

  assert.equal(chat.mentions("general"), 0);
});

test("an unread message that is deleted counts no more", async () => {
  const service = new Script();
  const chat = await signedIn(service);
  for (const seq of [11, 12]) await service.pushes(pushed(seq, { mentions: ["*"] }));

  await service.pushes(deleted(13, 11));

  assert.deepEqual([chat.unread("general"), chat.mentions("general")], [6, 1]);
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

test("a mention that an edit adds counts, one that it takes away does not", async () => {
  const service = new Script();
  const chat = await signedIn(service);
  await service.pushes(pushed(11));

  await service.pushes(edited(12, 11, "@alice", { mentions: ["u-alice"] }));
  const afterTheFirst = chat.mentions("general");
  await service.pushes(edited(13, 11, "nobody"));

  assert.deepEqual([afterTheFirst, chat.mentions("general")], [1, 0]);
  assert.equal(chat.unread("general"), 6);
});

test("if a message is deleted that the service had counted, its messages are counted again", async () => {
  const service = new Script();
  const chat = await signedIn(service, { mention_count: 1 });

  await service.pushes(deleted(11, 8));
  const messages = [message(6, { mentions: ["*"] }), message(8, { deleted_at: "…" }), message(9)];
  const request = await service.receives("history");
  await service.answers(request, logPage({ messages, upTo: 11 }));

  assert.equal(request.data.after_seq, 4);
  assert.deepEqual([chat.unread("general"), chat.mentions("general")], [2, 1]);
});

test("reactions, and changes of what is read, ask for nothing", async () => {
  const service = new Script();
  const chat = await signedIn(service);

  await service.pushes(reacted(11, 8, 1));
  await service.pushes(edited(12, 3, "@alice", { mentions: ["u-alice"] }));
  await service.pushes(deleted(13, 2));

  await service.receivesNothing();
  assert.deepEqual([chat.unread("general"), chat.mentions("general")], [5, 0]);
});

test("a list that was made before the user wrote does not bring the number back", async () => {
  const service = new Script();
  const chat = await signedIn(service);
  await service.pushes(pushed(11, ALICE));

  await lists(service, chat);

  assert.equal(chat.unread("general"), 0);
});

test("what the user writes while messages are counted has the last word", async () => {
  const service = new Script();
  const chat = await signedIn(service);

  await service.pushes(deleted(11, 8));
  const request = await service.receives("history");
  await service.pushes(pushed(12, ALICE));
  await service.answers(request, logPage({ messages: [message(9), message(10)], upTo: 12 }));

  assert.equal(chat.unread("general"), 0);
});

test("the first message of a conversation is unread, though it was numbered before the list", async () => {
  const service = new Script();
  const chat = await signedIn(service, { last_seq: 1, last_message: undefined, last_read_seq: 0 });
  const messages = heard(chat, "message");

  await service.pushes(pushed(1));

  assert.equal(chat.unread("general"), 1);
  assert.equal(messages.length, 1);
});
