import assert from "node:assert/strict";
import { test } from "node:test";

import { conversationIn, defaultConversation, hashOf, socketAddress } from "../../page/address.js";
import { formatsFor } from "../../page/date-formats.js";
import { briefly, dayName } from "../../page/dates.js";
import { Directory } from "../../page/directory.js";
import { nameOf } from "../../page/entry.js";
import { frameText } from "../../page/frame-text.js";
import { namesIn } from "../../page/people.js";
import { Rows } from "../../page/rows.js";
import { beginningOf } from "../../page/text/characters.js";
import { Titles } from "../../page/titles.js";
import { SavedToken } from "../../page/token.js";
import { Script, message, outcome, pushed, known } from "../support/script.js";
import { FakeStorage } from "../support/storage.js";

/** @import { Row, Shown } from "../../page/rows.js" */

const ALICE = { userId: "u-alice", username: "alice" };
const NOW = new Date(2026, 10, 22, 18, 0);

const QUIET = { onChange: () => {}, onGone: () => {} };

/** @param {Partial<Shown>} shown */
function rows(shown) {
  const nothing = { messages: [], outgoing: [], readers: new Map(), unreadAfter: null };
  return allOf(new Rows(), { ...nothing, me: ALICE, now: NOW, ...shown });
}

/**
 * @param {Rows} rows
 * @param {Shown} shown
 */
function allOf(rows, shown) {
  const { length } = rows.set(shown);
  return rows.of(Array.from({ length }, (_, index) => index)).flat();
}

/** @param {Row[]} rows */
function kinds(rows) {
  return rows.map((row) => (row.kind === "day" ? row.name : row.kind));
}

/**
 * @param {number} seq
 * @param {Date} at
 * @param {object} [fields]
 */
function at(seq, at, fields) {
  return known(seq, { createdAt: at.toISOString(), ...fields });
}

test("the socket's address is /ws/chat on the page's host, with TLS if the page has it", () => {
  const addresses = ["http://127.0.0.1:8080/", "https://chat.example.org/"].map((page) =>
    socketAddress(new URL(page), ""),
  );

  assert.deepEqual(addresses, ["ws://127.0.0.1:8080/ws/chat", "wss://chat.example.org/ws/chat"]);
});

test("the url parameter wins over the meta tag, and the meta tag over the host", () => {
  const page = new URL("http://localhost:8080/?url=wss://one.example.org/x");

  assert.equal(socketAddress(page, "wss://two.example.org"), "wss://one.example.org/x");
  assert.equal(socketAddress(new URL("https://example.org/"), "wss://two/"), "wss://two/");
});

test("the url parameter is ignored unless the web app runs on localhost", () => {
  const [foreign, own] = ["wss://evil.example.net/", "wss://example.org/other"].map((url) =>
    socketAddress(new URL(`https://example.org/?url=${url}`), null),
  );

  assert.equal(foreign, "wss://example.org/ws/chat");
  assert.equal(own, "wss://example.org/other");
});

test("a token is presented only to the service that issued it", () => {
  const storages = { tab: new FakeStorage(), shared: null };
  new SavedToken("wss://one/", storages).write({ ...ALICE, token: "token" });

  const expected = { token: "token", user: ALICE };
  assert.deepEqual(new SavedToken("wss://one/", storages).read(), expected);
  assert.equal(new SavedToken("wss://two/", storages).read(), null);
});

test("without conversation lists the web app shows general or the address's conversation", () => {
  assert.equal(defaultConversation(new URL("http://localhost/")), "general");
  assert.equal(defaultConversation(new URL("http://localhost/?conversation=plans")), "plans");
});

test("any conversation id survives the address's fragment", () => {
  for (const id of ["general", "a b/c#d?e", "ü:1"]) assert.equal(conversationIn(hashOf(id)), id);

  assert.equal(conversationIn(hashOf(null)), null);
});

test("a fragment that cannot be decoded is taken literally", () => {
  assert.equal(conversationIn("#/100%"), "100%");
  assert.equal(conversationIn("#/%ff"), "%ff");
  assert.equal(conversationIn("#/"), null);
});

test("text is truncated between grapheme clusters", () => {
  const [family, flag, accent] = ["👨‍👩‍👧", "🇨🇭", "e\u0301"];

  assert.equal(beginningOf(`ab${family}c`, 3), `ab${family}`);
  assert.equal(beginningOf(flag + accent, 1), flag);
  assert.equal(beginningOf(accent.repeat(3), 2), accent.repeat(2));
  assert.equal(beginningOf("short", 200), "short");
});

test("without Intl.Segmenter text is truncated between code points", async () => {
  const { Segmenter } = Intl;
  try {
    Reflect.deleteProperty(Intl, "Segmenter");
    const { beginningOf } = await import(`../../page/text/characters.js?${"without"}`);

    assert.equal(beginningOf("a🙂b", 2), "a🙂");
  } finally {
    Object.assign(Intl, { Segmenter });
  }
});

test("dates are named today, yesterday and by weekday", () => {
  const names = [0, 1, 2, 400].map((days) => dayName(new Date(2026, 10, 22 - days, 23, 59), NOW));

  assert.deepEqual(names, ["Today", "Yesterday", "Friday, November 20", "October 18, 2025"]);
});

test("the list shows the shortest unambiguous time", () => {
  const words = [0, 1, 3, 30, 400].map((days) => briefly(new Date(2026, 10, 22 - days, 9, 5), NOW));

  const spaced = words.map((word) => word.replace(/\s/, " "));
  assert.deepEqual(spaced, ["9:05 AM", "Yesterday", "Thursday", "Oct 23", "October 18, 2025"]);
});

test("dates are in the language of the page, with the hours and the order of the reader's region", () => {
  const at = new Date(2026, 10, 22, 14, 5, 9);
  const shown = [["en-US"], ["en-GB"], ["de-DE", "en-US"], ["de"], ["xx-invalid-"], []].map(
    (languages) => {
      const { time, shortDate } = formatsFor(languages, "en");
      return `${time(at)}, ${shortDate(at)}`.replace(/\s([AP]M)/, " $1");
    },
  );
  const german = formatsFor(["de-AT"], "de").full(at);

  assert.deepEqual(shown, [
    ...["2:05 PM, Nov 22", "14:05, 22 Nov", "14:05, 22 Nov", "14:05, 22 Nov"],
    ...["2:05 PM, Nov 22", "2:05 PM, Nov 22"],
  ]);
  assert.equal(german, "Sonntag, 22. November 2026 um 14:05:09");
});

test("a divider separates messages of different days", () => {
  const messages = [
    at(1, new Date(2026, 10, 21, 23, 59)),
    at(2, new Date(2026, 10, 22, 0, 1)),
    at(3, new Date(2026, 10, 22, 0, 2)),
  ];

  assert.deepEqual(kinds(rows({ messages })), [
    "Yesterday",
    "message",
    "Today",
    "message",
    "message",
  ]);
});

test("messages of one author within five minutes are grouped", () => {
  const messages = [0, 4, 8, 20].map((minute) =>
    at(minute + 1, new Date(2026, 10, 22, 12, minute)),
  );
  const runs = rows({ messages }).flatMap((row) =>
    row.kind === "message" ? [[row.opensRun, row.closesRun]] : [],
  );

  assert.deepEqual(runs, [
    [true, false],
    [false, false],
    [false, true],
    [true, true],
  ]);
});

test("own messages show who read them", () => {
  const messages = [at(1, NOW, ALICE), at(2, NOW, ALICE)];
  const readers = new Map([
    ["u-alice", { username: "alice", seq: 2 }],
    ["u-bob", { username: "bob", seq: 1 }],
  ]);
  const states = rows({ messages, readers }).flatMap((row) =>
    row.kind === "message" ? [[row.state, row.readers]] : [],
  );

  assert.deepEqual(states, [
    ["read", ["bob"]],
    ["stored", []],
  ]);
});

test("a message keeps its key when it turns from outgoing to stored", () => {
  const outgoing = {
    ...{ clientMessageId: "m1", conversationId: "general", content: "Hello", type: "text" },
    state: /** @type {const} */ ("sending"),
  };
  const stored = at(1, NOW, { ...ALICE, clientMessageId: "m1" });

  const [before, after] = [rows({ outgoing: [outgoing] }), rows({ messages: [stored] })];

  assert.equal(before.at(-1)?.key, after.at(-1)?.key);
});

test("the New divider stands above the first unread message of others", () => {
  const messages = [at(1, NOW), at(2, NOW, ALICE), at(3, NOW)];

  assert.deepEqual(kinds(rows({ messages, unreadAfter: 1 })), [
    "Today",
    "message",
    "message",
    "unread",
    "message",
  ]);
  assert.ok(!kinds(rows({ messages, unreadAfter: 0 })).includes("unread"));
});

test("the New divider also stands above the first loaded message", () => {
  const messages = Array.from({ length: 60 }, (_, index) => at(index + 1, NOW));

  assert.deepEqual(kinds(rows({ messages, unreadAfter: 0 })).slice(0, 3), [
    "Today",
    "unread",
    "message",
  ]);
});

test("a row that did not change stays the same row", () => {
  const list = new Rows();
  const messages = Array.from({ length: 2_000 }, (_, index) =>
    at(index + 1, new Date(2026, 10, 21, 0, 0, index), index % 2 ? {} : ALICE),
  );
  const shown = {
    messages,
    outgoing: [],
    me: ALICE,
    unreadAfter: null,
    now: NOW,
    readers: new Map(),
  };
  const changes = {
    "a message comes": () => (shown.messages = [...shown.messages, at(2_001, NOW)]),
    "a neighbour joins its run": () => (shown.messages = [...shown.messages, at(2_002, NOW)]),
    "somebody reads one": () => (shown.readers = new Map([["u-bob", { username: "bob", seq: 1 }]])),
    "nothing happens": () => {},
    "the day ends": () => (shown.now = new Date(2026, 10, 23)),
    "earlier ones come": () =>
      (shown.messages = [at(0, new Date(2026, 10, 20)), ...shown.messages]),
  };

  /** @type {Record<string, number>} */
  const changed = {};
  let before = allOf(list, shown);
  for (const [name, change] of Object.entries(changes)) {
    change();
    const after = allOf(list, shown);
    const known = new Set(before);
    changed[name] = after.filter((row) => !known.has(row)).length;
    before = after;
  }

  assert.deepEqual(changed, {
    "a message comes": 2, // and the day above it
    "a neighbour joins its run": 2,
    "somebody reads one": 1,
    "nothing happens": 0,
    "the day ends": 2,
    "earlier ones come": 2,
  });
});

test("a frame is shown with its type, indented", () => {
  const shown = frameText('{"type":"typing","data":{"is_typing":true}}');

  const pretty = '{\n  "type": "typing",\n  "data": {\n    "is_typing": true\n  }\n}';
  assert.deepEqual(shown, { type: "typing", pretty });
});

test("text that is not a frame is shown as it came", () => {
  assert.deepEqual(frameText("no JSON"), { type: "(not JSON)", pretty: "no JSON" });
  assert.equal(frameText('{"message":"Forbidden"}').type, "(no type)");
});

test("usernames may be separated by commas, spaces and lines", () => {
  assert.deepEqual(namesIn(" alice, bob\ncarol;alice "), ["alice", "bob", "carol"]);
});

test("a conversation's id is never its title", () => {
  const entry = { id: "a8f97fde7ffb4450885f956976d4dbf9", title: "" };

  assert.equal(nameOf(/** @type {any} */ ({ ...entry, kind: "group" })), "Untitled conversation");
  assert.equal(nameOf(/** @type {any} */ ({ ...entry, kind: "direct" })), "Direct conversation");
});

test("the list shows the client's unread count and the last message", async () => {
  const service = new Script().keepsAlive();
  const chat = service.connect();
  const directory = new Directory(chat, QUIET);
  await service.signsIn(chat);
  const loaded = directory.load("general");
  const general = { conversation_id: "general", kind: "group", last_read_seq: 1, unread_count: 1 };
  const item = { ...general, last_seq: 2, last_message: { seq: 2 }, created_at: NOW.toISOString() };
  const request = await service.receives("list_conversations");
  await service.answers(request, { type: "conversations", data: { items: [item] } });
  await loaded;

  const counts = [directory.find("general")?.unread];
  await service.pushes(pushed(3));
  await service.clock.pass(100);
  const again = { ...item, last_message: { seq: 3 }, unread_count: 2 };
  const data = { items: [again] };
  await service.answers(await service.receives("list_conversations"), {
    ...{ type: "conversations", data },
  });
  counts.push(directory.find("general")?.unread);
  chat.markRead(known(3));
  counts.push(directory.find("general")?.unread);

  assert.deepEqual(counts, [1, 2, 0]);
  assert.equal(directory.find("general")?.lastText, "message 3");
});

test("an unlisted conversation is shown with its last message, and without a count", async () => {
  const service = new Script().keepsAlive();
  const chat = service.connect();
  const directory = new Directory(chat, QUIET);
  await service.signsIn(chat);

  await service.pushes(pushed(41));
  await service.pushes(pushed(42));

  assert.equal(directory.find("general")?.unread, 0);
  assert.equal(directory.find("general")?.lastText, "message 42");
});

test("without conversation lists there is one conversation", async () => {
  const service = new Script().keepsAlive();
  const chat = service.connect();
  const directory = new Directory(chat, QUIET);
  await service.signsIn(chat);

  const loaded = directory.load("general");
  const request = await service.receives("list_conversations");
  await service.answers(request, { type: "error", code: "unknown_type" });
  await loaded;

  assert.equal(directory.hasLists, false);
  assert.deepEqual(
    directory.entries.map(({ id }) => id),
    ["general"],
  );
});

/** @param {string} id */
function listed(id) {
  const counts = { last_seq: 0, last_read_seq: 0, unread_count: 0 };
  const kind = /** @type {const} */ ("group");
  const created_at = NOW.toISOString();
  return { conversation_id: id, title: `The ${id}`, kind, ...counts, created_at };
}

/**
 * @param {Script} service
 * @param {string[]} ids
 * @param {string} [cursor]
 */
async function lists(service, ids, cursor) {
  const request = await service.receives("list_conversations");
  const data = { items: ids.map(listed), ...(cursor && { cursor }) };
  await service.answers(request, { type: "conversations", data });
  return request;
}

test("every page of the list is requested, since the latest conversation may be on the last", async () => {
  const service = new Script().keepsAlive();
  const chat = service.connect();
  const directory = new Directory(chat, QUIET);
  await service.signsIn(chat);

  const loaded = directory.load("general");
  await lists(service, ["one"], "further");
  const wholeTooSoon = directory.isWhole;
  const second = await lists(service, ["two"]);
  await loaded;

  assert.deepEqual([wholeTooSoon, second.data.cursor, directory.isWhole], [false, "further", true]);
  assert.deepEqual(
    directory.entries.map(({ id }) => id),
    ["one", "two"],
  );
});

test("a conversation missing from a new list is removed with a notice", async () => {
  const service = new Script().keepsAlive();
  const chat = service.connect();
  /** @type {string[]} */
  const gone = [];
  const directory = new Directory(chat, { ...QUIET, onGone: ({ title }) => gone.push(title) });
  await service.signsIn(chat);
  const first = directory.load("general");
  await lists(service, ["one", "two"]);
  await first;

  const again = directory.load("general");
  await lists(service, ["two"]);
  await again;

  assert.deepEqual(gone, ["The one"]);
  assert.equal(directory.find("one"), undefined);
});

test("a conversation without a title is named after its other members", async () => {
  const service = new Script().keepsAlive();
  const chat = service.connect();
  const directory = new Directory(chat, QUIET);
  const titles = new Titles(chat, directory);
  await service.signsIn(chat);
  await service.pushes({ type: "conversation_created", data: { ...listed("one"), title: "" } });
  const members = ["dora", "bob", "erik", "carol"].map((username) => ({
    user_id: username,
    username,
  }));

  const refused = outcome(titles.complete());
  await service.answers(await service.receives("list_members"), {
    type: "error",
    code: "forbidden",
  });
  const named = titles.complete();
  const data = { items: [...members, { user_id: "u-alice", username: "alice" }] };
  await service.answers(await service.receives("list_members"), { type: "members", data });
  await named;

  assert.equal(refused.error.code, "forbidden");
  assert.equal(directory.find("one")?.title, "bob, carol, dora and others");
});

/**
 * Names a direct conversation in which nobody else is left.
 * @param {object[]} messages the past of it
 */
async function namedAfterNobody(messages) {
  const service = new Script().keepsAlive();
  const chat = service.connect();
  const directory = new Directory(chat, QUIET);
  const titles = new Titles(chat, directory);
  await service.signsIn(chat);
  const data = { ...listed("one"), kind: "direct", title: undefined };
  await service.pushes({ type: "conversation_created", data });
  const members = { type: "members", data: { items: [{ user_id: "u-alice", username: "alice" }] } };
  const named = titles.complete();
  await service.answers(await service.receives("list_members"), members);
  const history = { type: "history", data: { messages, has_more: false } };
  await service.answers(await service.receives("history"), history);
  await named;
  const again = async () => {
    titles.doubt("one");
    const named = titles.complete();
    await service.answers(await service.receives("list_members"), members);
    await named;
  };
  return { again, name: () => directory.find("one")?.title };
}

test("a former member keeps the name of their messages", async () => {
  const messages = [message(1, { username: "bob" }), message(2, ALICE)];
  const { name, again } = await namedAfterNobody(messages);
  assert.equal(name(), "bob");

  await again();

  assert.equal(name(), "bob");
});

test("an unknown user is shown as a former member", async () => {
  const { name } = await namedAfterNobody([message(1, ALICE)]);

  assert.equal(name(), "Former member");
});
