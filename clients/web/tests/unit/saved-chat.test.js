import assert from "node:assert/strict";
import { test } from "node:test";

import { openDB } from "idb";

import { forget } from "../../page/store/database.js";
import { SavedChat } from "../../page/store/saved-chat.js";
import { fromWire } from "../../src/wire.js";
import { Device, SERVICE } from "../support/device.js";
import { deleted, edited, seqs, known } from "../support/script.js";

/** @import { Entry } from "../../page/entry.js" */

const MANY = 200;

/**
 * A page of alice's.
 * @param {Device} device
 */
async function page(device, userId = "u-alice") {
  const connection = await device.openAs(userId);
  /** @type {unknown[]} */
  const errors = [];
  const saved = new SavedChat(connection.db, connection.scope, (error) => errors.push(error));
  const entries = await saved.read();
  return { connection, saved, entries, errors };
}

/**
 * What a page finds that begins now.
 * @param {Device} device
 */
async function found(device) {
  const { saved, entries, connection } = await page(device);
  connection.db.close();
  return { saved, entries, messages: saved.messagesOf("general") };
}

/**
 * @param {number} first
 * @param {number} last
 */
function run(first, last) {
  return Array.from({ length: last - first + 1 }, (_, index) => known(first + index));
}

/**
 * @param {Partial<Entry>} [fields]
 * @returns {Entry}
 */
function entry(fields) {
  return {
    ...{ id: "general", kind: "group", title: "General", role: "member", slowSeconds: 0 },
    ...{
      lastAuthor: "bob",
      lastText: "Hello",
      lastAt: new Date(2026, 0, 1),
      lastSeq: 5,
      upTo: 5,
      readSeq: 5,
    },
    ...{ unread: 0, mentions: 0, wish: { level: "all", mutedUntil: null } },
    ...fields,
  };
}

/** @param {{ data: object }} change */
function data(change) {
  return fromWire(change.data);
}

test("a later page finds the list and the messages that were last there", async () => {
  const device = new Device();
  const { saved } = await page(device);
  saved.listed([entry()]);
  saved.opened("general", run(4, 5));
  await saved.settled();

  const { entries, messages } = await found(device);

  assert.deepEqual(entries, [entry()]);
  assert.deepEqual(messages, run(4, 5));
});

test("drafts that the first version kept stay, and its messages do not", async () => {
  const device = new Device();
  await leftByTheFirstVersion(device);

  const { messages } = await found(device);

  assert.deepEqual(messages, []);
  assert.ok((await device.dump()).includes("a draft"));
});

/**
 * What the web app kept when its database had its first version.
 * @param {Device} device
 */
async function leftByTheFirstVersion(device) {
  device.isUsed();
  const db = await openDB("parley", 1, {
    upgrade(db) {
      for (const name of ["users", "conversations", "pages"]) db.createObjectStore(name);
      const messages = db.createObjectStore("messages", { keyPath: ["service", "userId", "id"] });
      messages.createIndex("opened", ["service", "userId", "openedAt"]);
    },
  });
  const alice = { service: SERVICE, userId: "u-alice" };
  await db.put("users", { session: "s" }, [SERVICE, "u-alice"]);
  await db.put("pages", "a draft", [SERVICE, "u-alice", "s", "p", "parley-draft"]);
  const messages = [{ message_id: "general:1", conversation_id: "general", seq: 1 }];
  await db.put("messages", { ...alice, id: "general", openedAt: 1, messages });
  db.close();
}

test("the newest 50 messages of the 30 conversations opened last are kept", async () => {
  const device = new Device();
  const { saved } = await page(device);
  for (let number = 0; number < 40; number++) saved.opened(`c-${number}`, run(1, MANY));
  await saved.settled();

  const later = (await found(device)).saved;

  const kept = Array.from({ length: 40 }, (_, number) => later.messagesOf(`c-${number}`).length);
  assert.equal(kept.filter((many) => many === 50).length, 30);
  assert.equal(kept.filter((many) => many > 0).length, 30);
  assert.equal(later.messagesOf("c-39").at(-1)?.seq, MANY);
});

test("of long messages fewer are kept", async () => {
  const device = new Device();
  const { saved } = await page(device);
  const long = run(1, 50).map((it) => ({ ...it, content: "x".repeat(16_000) }));
  saved.opened("general", long);
  await saved.settled();

  const { messages } = await found(device);

  assert.ok(JSON.stringify(messages).length <= 128 * 1024);
  assert.deepEqual(messages, long.slice(-messages.length));
  assert.ok(messages.length > 4);
});

test("messages with a gap before them take the place of those before the gap", async () => {
  const device = new Device();
  const { saved } = await page(device);
  saved.opened("general", run(1, 5));
  saved.opened("general", run(8, 9));
  await saved.settled();

  assert.deepEqual(seqs([...(await found(device)).messages]), [8, 9]);
});

test("an older page's messages do not take the place of newer ones", async () => {
  const device = new Device();
  const [late, early] = [await page(device), await page(device)];
  late.saved.opened("general", [...run(4, 5), known(6, { content: "edited", version: 9 })]);
  await late.saved.settled();
  early.saved.opened("general", run(1, 2));
  early.saved.opened("general", run(5, 6));
  await early.saved.settled();

  const { messages } = await found(device);

  assert.deepEqual(seqs([...messages]), [4, 5, 6]);
  assert.equal(messages.at(-1)?.content, "edited");
});

test("a message that follows is kept, and one after a gap is not", async () => {
  const device = new Device();
  const { saved } = await page(device);
  saved.opened("general", run(4, 5));
  saved.received(known(7), 5);
  saved.received(known(12), 10);
  saved.received(known(1, { conversationId: "never-opened" }), 0);
  await saved.settled();

  const later = await found(device);

  assert.deepEqual(seqs([...later.messages]), [4, 5, 7]);
  assert.deepEqual(later.saved.messagesOf("never-opened"), []);
});

test("nothing of a deleted message stays, whichever page was late", async () => {
  const device = new Device();
  const [one, late] = [await page(device), await page(device)];
  const secret = [known(4), known(5, { content: "a secret" })];
  one.saved.opened("general", secret);
  one.saved.changed(data(deleted(6, 5)));
  await one.saved.settled();
  late.saved.opened("general", secret);
  late.saved.received(known(5, { content: "a secret" }), 4);
  await late.saved.settled();

  assert.ok(!(await device.dump()).includes("a secret"));
  assert.equal((await found(device)).messages.at(-1)?.content, "");
});

test("a change reaches messages that another page has kept", async () => {
  const device = new Device();
  const [one, other] = [await page(device), await page(device)];
  one.saved.opened("general", run(4, 5));
  await one.saved.settled();
  other.saved.changed(data(edited(6, 5, "changed")));
  await other.saved.settled();

  assert.equal((await found(device)).messages.at(-1)?.content, "changed");
});

test("a page shows what it has kept and what changed since, without reading again", async () => {
  const { saved } = await page(new Device());
  saved.opened("general", run(4, 5));
  saved.received(known(6), 5);
  saved.changed(data(edited(7, 5, "changed")));

  const contents = saved.messagesOf("general").map(({ content }) => content);

  assert.deepEqual(contents, ["message 4", "changed", "message 6"]);
});

test("a line of the list never goes back, and what was read stays read", async () => {
  const device = new Device();
  const [one, late] = [await page(device), await page(device)];
  one.saved.listed([
    entry({ upTo: 9, lastSeq: 8, lastAuthor: "bob", lastText: "Later", readSeq: 8 }),
  ]);
  await one.saved.settled();
  late.saved.listed([entry()]);
  await late.saved.settled();
  late.saved.listed([
    entry({ upTo: 9, lastSeq: 8, lastAuthor: "bob", lastText: "Later", unread: 3 }),
  ]);
  await late.saved.settled();

  const [line] = (await found(device)).entries;

  assert.deepEqual([line?.lastText, line?.readSeq, line?.unread], ["Later", 8, 0]);
});

test("a removed member's conversation is gone, and a late page does not bring it back", async () => {
  const device = new Device();
  const [one, late] = [await page(device), await page(device)];
  one.saved.listed([entry({ title: "Our secret" })]);
  one.saved.opened("general", run(4, 5));
  one.saved.left(entry());
  await one.saved.settled();
  late.saved.listed([entry({ title: "Our secret" })]);
  late.saved.opened("general", run(4, 5));
  late.saved.received(known(6), 5);
  await late.saved.settled();

  const { entries, messages } = await found(device);
  const dump = await device.dump();

  assert.deepEqual([entries, messages], [[], []]);
  assert.ok(!dump.includes("message 4") && !dump.includes("Our secret"), dump);
});

test("a member who is added again has the conversation again", async () => {
  const device = new Device();
  const { saved } = await page(device);
  saved.listed([entry()]);
  saved.left(entry());
  saved.listed([entry({ upTo: 8 })]);
  saved.opened("general", run(7, 8));
  await saved.settled();

  const { entries, messages } = await found(device);

  assert.equal(entries.length, 1);
  assert.deepEqual(seqs([...messages]), [7, 8]);
});

test("signing out deletes everything, also what another page writes later", async () => {
  const device = new Device();
  const [one, other] = [await page(device), await page(device)];
  one.saved.listed([entry()]);
  one.saved.opened("general", run(4, 5));
  await one.saved.settled();

  await forget(one.connection.db, { service: SERVICE, userId: "u-alice" });
  other.saved.listed([entry()]);
  other.saved.opened("general", run(4, 5));
  await other.saved.settled();

  const dump = await device.dump();
  assert.ok(!dump.includes("alice") && !dump.includes("message 4"), dump);
});

test("the next user who stays signed in finds nothing of the user before", async () => {
  const device = new Device();
  const alice = await page(device);
  alice.saved.listed([entry()]);
  alice.saved.opened("general", run(4, 5));
  await alice.saved.settled();

  const bob = await page(device, "u-bob");

  assert.deepEqual([bob.entries, bob.saved.messagesOf("general")], [[], []]);
  assert.ok(!(await device.dump()).includes("alice"));
});

test("a full device costs nothing but what is kept", async () => {
  const device = new Device();
  const { saved, connection, errors } = await page(device);
  connection.failure = new DOMException("Full.", "QuotaExceededError");

  saved.opened("general", run(4, 5));
  await saved.settled();
  connection.failure = null;
  saved.opened("general", run(5, 6));
  await saved.settled();

  assert.deepEqual(errors.map(String), ["QuotaExceededError: Full."]);
  assert.deepEqual(seqs([...saved.messagesOf("general")]), [5, 6]);
  assert.deepEqual(seqs([...(await found(device)).messages]), [5, 6]);
});

test("after a session ran out neither list nor messages stay", async () => {
  const device = new Device();
  const { saved } = await page(device);
  saved.listed([entry({ title: "Our secret" })]);
  saved.opened("general", run(4, 5));
  saved.forgetMessages();
  await saved.settled();

  const dump = await device.dump();

  assert.ok(!dump.includes("message 4") && !dump.includes("Our secret"), dump);
});
