import assert from "node:assert/strict";
import { test } from "node:test";

import fc from "fast-check";

import { applyChange, connect } from "../../src/index.js";
import { fromWire } from "../../src/wire.js";
import { FakeClock, settled } from "../support/clock.js";
import { FakeStorage } from "../support/storage.js";
import { Network } from "../support/network.js";
import { addConversation, asSeenBy } from "../support/service/conversations.js";
import { ordered } from "../support/service/log.js";
import { Service } from "../support/service/service.js";

/** @import { Attachment, Chat, Message, Numbered, Timeline } from "../../src/index.js" */
/** @import { Faults } from "../support/network.js" */

const NAMES = ["alice", "bob", "carol"];

/** The events that have a number, if the service numbers changes. */
const EVENTS = /** @type {const} */ ([
  "message",
  "message_changed",
  "members_added",
  "member_removed",
  "conversation_changed",
]);

/** Answers to a change that is out of date; `unknown_type` is that of a service without changes. */
const REJECTIONS = new Set([
  "conflict",
  "forbidden",
  "bad_request",
  "not_a_member",
  "closed",
  "outcome_unknown",
  "unknown_type",
  "not_authenticated",
  "signed_out",
  "timeout",
]);

/** An upload ends with the page or the session, or after many faults. */
const UPLOADS_END = new Set(["closed", "signed_out", "not_authenticated", "upload_failed"]);

/** Alice follows the conversation from its first message on, also over reloads, the others from when they look. */
const FOLLOWER = "alice";

/**
 * Somebody with one client and any number of windows onto the conversation.
 * @typedef {{
 *   name: string, chat: Chat, timelines: Timeline[], events: Numbered[], sent: Sent[],
 *   inherited: number, storage: FakeStorage, hasListed: boolean,
 * }} Person
 */

/** @typedef {{ clientMessageId: string, error?: any }} Sent a message; with a file only once it is uploaded */

/**
 * What may happen next, besides time passing.
 * @typedef {{ do: "send", who: number } | { do: "look", who: number } | { do: "outage", seconds: number }
 *   | { do: "expire", who: number } | { do: "reload", who: number } | { do: "wait", ms: number }
 *   | { do: "list", who: number } | { do: "read", who: number, which: number }
 *   | { do: "attach", who: number } | { do: "change", who: number, change: Change, which: number }} Step
 */

/** @typedef {"edit" | "remove" | "react" | "unreact" | "setTitle" | "pin" | "join" | "leave"} Change */

/** Comes and goes; the others stay. */
const GUEST = "dave";

const percent = (/** @type {number} */ max) => fc.nat(max).map((percent) => percent / 100);

/** @type {fc.Arbitrary<Faults>} */
const faults = fc.record({
  lose: percent(50),
  repeat: percent(40),
  cut: percent(4),
  fail: percent(15),
  latency: fc.constantFrom([1, 1], [1, 50], [1, 800], [200, 4_000]),
});

/** @type {Change[]} */
const CHANGES = [
  "edit",
  "edit",
  "remove",
  "react",
  "react",
  "unreact",
  "setTitle",
  "pin",
  "join",
  "leave",
];

/** @type {fc.Arbitrary<Step>} */
const step = fc.oneof(
  { weight: 12, arbitrary: fc.record({ do: fc.constant("send"), who: fc.nat(2) }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant("wait"), ms: fc.nat(5_000) }) },
  {
    weight: 12,
    arbitrary: fc.record({
      do: fc.constant("change"),
      who: fc.nat(2),
      change: fc.constantFrom(...CHANGES),
      which: fc.nat(9),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("attach"), who: fc.nat(2) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("look"), who: fc.nat(2) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("list"), who: fc.nat(2) }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant("read"), who: fc.nat(2), which: fc.nat(9) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("outage"), seconds: fc.nat(300) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("expire"), who: fc.nat(2) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("reload"), who: fc.nat(2) }) },
);

const world = fc.record({
  faults,
  steps: fc.array(step, { minLength: 5, maxLength: 60, size: "max" }),
  seed: fc.integer(),
  changes: fc.constantFrom(true, true, true, false),
  storesSlowly: fc.boolean(),
});

test("under any faults every client shows the same messages, and each event comes once", async () => {
  const runs = Number(process.env["PARLEY_RUNS"] ?? 60);

  await fc.assert(fc.asyncProperty(world, converges), { numRuns: runs });
});

/** @param {{ faults: Faults, steps: Step[], seed: number, changes: boolean, storesSlowly: boolean }} world */
async function converges({ faults, steps, seed, changes, storesSlowly }) {
  const random = dice(seed);
  const clock = new FakeClock();
  const storing = async () => {
    if (!storesSlowly) return;
    const ms = random() < 0.2 ? 900 * random() : 0;
    await new Promise((resolve) => clock.setTimeout(() => resolve(null), ms));
  };
  const service = new Service({ clock, storing, historyLimit: 3, changes });
  for (const name of [...NAMES, GUEST]) service.addUser(name);
  const general = addConversation(service, "general", NAMES);
  for (const member of general.members.values()) member.role = "owner";
  const network = new Network(service, clock, random, faults);
  const people = NAMES.map((name) => enter(name, network, new FakeStorage()));

  for (const [index, step] of steps.entries()) await take(step, index);
  // The last messages too are to meet with faults, and nothing after them that shows the gap.
  await clock.pass(30_000);
  network.comesBack();
  await clock.pass(3 * 60_000);

  for (const person of people) await agrees(person, general, clock);
  // A list cannot show what is still being stored, so its count is exact only without that.
  if (!storesSlowly) for (const person of people) countsRight(person, general);
  const authors = ordered(general).map(({ client_message_id }) => client_message_id);
  assert.equal(new Set(authors).size, authors.length, "each message is stored once");
  assert.equal(
    authors.length,
    people.flatMap(({ sent }) => sent).length,
    "every message is stored",
  );
  checkFiles(service, general);
  for (const { chat } of people) chat.close();
  await settled();

  /**
   * @param {Step} step
   * @param {number} index
   */
  async function take(step, index) {
    if (step.do === "send") return write(person(step.who), `${index}`);
    if (step.do === "attach") return attach(person(step.who), `${index}`);
    if (step.do === "change") return makeChange(person(step.who), step, `${index}`);
    if (step.do === "list") return list(person(step.who));
    if (step.do === "read") return read(person(step.who), step.which);
    if (step.do === "look") return void look(person(step.who));
    if (step.do === "reload") return reload(person(step.who), network);
    if (step.do === "expire") return service.expireSessions(person(step.who).name);
    if (step.do === "wait") return clock.pass(step.ms);
    network.goesDown();
    await clock.pass(step.seconds * 1000);
    network.isUp = true;
  }

  /** @param {number} index */
  function person(index) {
    return /** @type {Person} */ (people[index]);
  }
}

/**
 * @param {string} name
 * @param {Network} network
 * @param {FakeStorage} storage
 * @param {import("../../src/index.js").User | null} [user] who kept a token, if that was kept as well
 * @param {Numbered[]} [events] that came before
 * @returns {Person}
 */
function enter(name, network, storage, user, events = []) {
  const { WebSocket, XMLHttpRequest, clock, random, service } = network;
  const options = { WebSocket, XMLHttpRequest, clock, random, storage };
  const chat = connect("ws://service.test/ws/chat", options);
  for (const type of EVENTS) {
    const note = (/** @type {any} */ data) => events.push({ type, data });
    chat.on(type, note);
  }
  if (name === FOLLOWER) chat.follow("general", { start: 0 });
  const token = () => service.tokenFor(name).token;
  // A page that is left before anybody is authenticated is closed.
  chat
    .authenticate({ token, ...(user && { user }) })
    .catch(({ code }) => assert.equal(code, "closed"));
  return { name, chat, timelines: [], events, sent: [], inherited: 0, storage, hasListed: false };
}

/** So many messages a page keeps, to show them at once when it is opened again. */
const SAVED = 3;

/**
 * All that is left of a page is what it kept; and it keeps nothing before it knows whose it is.
 * @param {Person} person
 * @param {Network} network
 */
function reload(person, network) {
  const { name, chat, sent, inherited, storage, timelines } = person;
  const events = name === FOLLOWER ? person.events : [];
  const { user } = chat;
  const kept = user ? sent : sent.slice(0, inherited);
  const saved = timelines.at(-1)?.messages.slice(-SAVED) ?? [];
  chat.close();
  const known = network.random() < 0.5 ? user : null;
  const fresh = enter(name, network, storage.reloaded(), known, events);
  if (saved.length > 0) fresh.timelines.push(fresh.chat.open("general", { saved }));
  Object.assign(person, fresh, { sent: kept, inherited: kept.length });
}

/** @param {Person} person */
function look({ chat, timelines }) {
  timelines.push(chat.open("general"));
}

/**
 * @param {Person} person
 * @param {string} content
 * @param {Attachment[]} [attachments]
 */
function write({ chat, sent }, content, attachments = []) {
  const clientMessageId = `${content} of ${chat.user?.username} ${sent.length}`;
  /** @type {Sent} */
  const message = { clientMessageId };
  sent.push(message);
  chat.send("general", { content, attachments }, { clientMessageId }).catch((error) => {
    if (error.code !== "closed") message.error = error;
  });
}

/**
 * Sends a file as soon as it is uploaded, unless the page ends before that.
 * @param {Person} person
 * @param {string} content
 */
function attach(person, content) {
  const { chat } = person;
  chat.upload("general", new File([content], "notes.txt")).then(
    (file) => person.chat === chat && write(person, content, [file]),
    ({ code }) => assert.ok(UPLOADS_END.has(code), code),
  );
}

/** @param {Person} person */
function list(person) {
  person.chat.listConversations().then(
    () => (person.hasListed = true),
    ({ code }) => assert.ok(REJECTIONS.has(code), code),
  );
}

/**
 * @param {Person} person
 * @param {number} which
 */
function read({ chat, timelines, events }, which) {
  const shown = timelines.at(-1)?.messages ?? messagesOf(events);
  const message = shown.at(-1 - (which % Math.max(1, shown.length)));
  if (message) chat.markRead(message);
}

/**
 * What the person sees may be old, so the service may reject the change.
 * @param {Person} person
 * @param {{ change: Change, which: number }} step
 * @param {string} text
 */
function makeChange({ chat, timelines, events }, { change, which }, text) {
  const shown = timelines.at(-1)?.messages ?? messagesOf(events);
  const message = shown.at(-1 - (which % Math.max(1, shown.length)));
  const wanted = {
    edit: () => message && chat.edit(message, text, { mentions: ["user-bob"] }),
    remove: () => message && chat.remove(message),
    react: () => message && chat.react(message, which % 2 ? "👍" : "🎉"),
    unreact: () => message && chat.react(message, which % 2 ? "👍" : "🎉", false),
    pin: () => message && chat.pin(message),
    setTitle: () => chat.setTitle("general", text),
    join: () => chat.addMembers("general", [GUEST]),
    leave: () => chat.removeMember("general", GUEST),
  };
  wanted[change]()?.catch(({ code }) => assert.ok(REJECTIONS.has(code), code));
}

/**
 * @param {Person} person
 * @param {import("../support/service/service.js").StoredConversation} general
 * @param {FakeClock} clock
 */
async function agrees({ name, chat, timelines, events, sent }, general, clock) {
  /** @type {Message[]} */
  const stored = fromWire(ordered(general));
  assert.equal(chat.state, "online", name);
  checkEvents(name, events, general);
  for (const timeline of timelines) {
    await scrollUp(timeline, clock);
    assert.deepEqual(timeline.messages, stored, `what ${name} sees`);
    assert.deepEqual(timeline.outgoing, [], `what ${name} still waits for`);
  }
  const seqs = sent.map(
    (it) =>
      stored.find((message) => message.clientMessageId === it.clientMessageId)?.seq ??
      assert.fail(it.clientMessageId),
  );
  assert.deepEqual(
    sent.filter(({ error }) => error),
    [],
    `what was refused to ${name}`,
  );
  assert.ok(
    seqs.every((seq, index) => seq > (seqs[index - 1] ?? 0)),
    `the order in which ${name} wrote`,
  );
}

/**
 * @param {Person} person
 * @param {import("../support/service/service.js").StoredConversation} general
 */
function countsRight({ name, chat, hasListed }, general) {
  if (!hasListed) return;
  const { unread_count, mention_count } = asSeenBy(general, name);
  const counts = [chat.unread("general"), chat.mentions("general")];
  assert.deepEqual(counts, [unread_count, mention_count], `what is unread for ${name}`);
}

/**
 * One order, each number once, every message, and together they make the state there is.
 * @param {string} name
 * @param {Numbered[]} events
 * @param {import("../support/service/service.js").StoredConversation} general
 */
function checkEvents(name, events, general) {
  const numbers = events.map(({ data }) => data.seq).filter((seq) => seq !== undefined);
  assert.deepEqual(
    numbers,
    [...new Set(numbers)].sort((a, b) => a - b),
    `the order for ${name}`,
  );
  const first = name === FOLLOWER ? 0 : (numbers[0] ?? Infinity);
  /** @type {Message[]} */
  const stored = fromWire(ordered(general));
  const expected = stored.filter(({ seq }) => seq >= first);
  assert.deepEqual(messagesOf(events), expected, `what ${name} makes of the events`);
  const lasting = [...general.changes].filter(
    ([seq, { part }]) => seq >= first && part === `number ${seq}`,
  );
  for (const [seq] of lasting) assert.ok(numbers.includes(seq), `${seq} is missing for ${name}`);
}

/**
 * What a program has that follows the conversation.
 * @param {Numbered[]} events
 */
function messagesOf(events) {
  /** @type {Message[]} */
  let messages = [];
  for (const { type, data } of events) {
    const event = /** @type {any} */ (data);
    if (type === "chat_message" || type === "message") messages.push(event);
    if (type === "message_changed") messages = messages.map((it) => applyChange(it, event));
  }
  return messages;
}

/**
 * Each file that a message has is there and of one message; of a deleted message none is left.
 * @param {Service} service
 * @param {import("../support/service/service.js").StoredConversation} general
 */
function checkFiles({ fileStore, uploads }, general) {
  const files = ordered(general).flatMap(({ attachments = [] }) => attachments);
  const ids = files.map(({ attachment_id }) => attachment_id);
  assert.equal(new Set(ids).size, ids.length, "each file is of one message");
  for (const id of ids) assert.ok(fileStore.objects.has(`c/general/${id}`), `${id} is there`);
  const taken = [...uploads.values()].filter(({ message_id }) => message_id);
  assert.equal(taken.length, ids.length, "no other file counts as a message's");
}

/**
 * @param {Timeline} timeline
 * @param {FakeClock} clock
 */
async function scrollUp(timeline, clock) {
  while (timeline.hasEarlier) {
    timeline.loadEarlier().catch(assert.fail);
    await clock.pass(1_000);
  }
}

/**
 * The same numbers for the same seed (mulberry32).
 * @param {number} seed
 */
function dice(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
