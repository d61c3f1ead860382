import assert from "node:assert/strict";
import { test } from "node:test";

import fc from "fast-check";

import { connect } from "../../src/index.js";
import { FakeClock, settled } from "../support/clock.js";
import { FakeStorage } from "../support/storage.js";
import { Network } from "../support/network.js";
import { addRoom } from "../support/service/conversations.js";
import { Service } from "../support/service/service.js";

/** @import { Chat, Message, Timeline } from "../../src/index.js" */
/** @import { Faults } from "../support/network.js" */

const NAMES = ["alice", "bob", "carol"];

/** Alice follows the conversation from its first message on, the others from when they look. */
const FOLLOWER = "alice";

/**
 * Somebody with one client and any number of windows onto the conversation.
 * @typedef {{
 *   name: string, chat: Chat, timelines: Timeline[], events: Message[], sent: Sent[],
 *   inherited: number, storage: FakeStorage,
 * }} Person
 */

/** @typedef {{ content: string, error?: any }} Sent */

/**
 * What may happen next, besides time passing.
 * @typedef {{ do: "send", who: number } | { do: "look", who: number } | { do: "outage", seconds: number }
 *   | { do: "expire", who: number } | { do: "reload", who: number } | { do: "wait", ms: number }} Step
 */

const percent = (/** @type {number} */ max) => fc.nat(max).map((percent) => percent / 100);

/** @type {fc.Arbitrary<Faults>} */
const faults = fc.record({
  lose: percent(50),
  repeat: percent(40),
  cut: percent(4),
  fail: percent(15),
  latency: fc.constantFrom([1, 1], [1, 50], [1, 800], [200, 4_000]),
});

/** @type {fc.Arbitrary<Step>} */
const step = fc.oneof(
  { weight: 12, arbitrary: fc.record({ do: fc.constant("send"), who: fc.nat(2) }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant("wait"), ms: fc.nat(5_000) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("look"), who: fc.nat(2) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("outage"), seconds: fc.nat(300) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("expire"), who: fc.nat(2) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("reload"), who: fc.nat(2) }) },
);

test("under any faults every client shows the same messages, each once", async () => {
  const runs = Number(process.env["PARLEY_RUNS"] ?? 60);
  const world = fc.record({
    faults,
    steps: fc.array(step, { minLength: 5, maxLength: 60, size: "max" }),
    seed: fc.integer(),
  });

  await fc.assert(fc.asyncProperty(world, converges), { numRuns: runs });
});

/** @param {{ faults: Faults, steps: Step[], seed: number }} world */
async function converges({ faults, steps, seed }) {
  const random = dice(seed);
  const clock = new FakeClock();
  const storing = () =>
    /** @type {Promise<void>} */ (
      new Promise((resolve) => clock.setTimeout(resolve, random() < 0.2 ? 900 * random() : 0))
    );
  const service = new Service({ clock, storing, historyLimit: 3 });
  for (const name of NAMES) service.addUser(name);
  addRoom(service, "general", NAMES);
  const network = new Network(service, clock, random, faults);
  const people = NAMES.map((name) => enter(name, network, new FakeStorage()));

  for (const [index, step] of steps.entries()) await take(step, index);
  // The last messages too are to meet with faults, and nothing after them that shows the gap.
  await clock.pass(30_000);
  network.comesBack();
  await clock.pass(3 * 60_000);

  const stored = [...(service.rooms.get("general")?.messages.values() ?? [])].sort(
    (a, b) => a.seq - b.seq,
  );
  for (const person of people) await agrees(person, stored, clock);
  const contents = people.flatMap(({ sent }) => sent.map(({ content }) => content));
  assert.deepEqual(stored.map(({ content }) => content).sort(), contents.sort(), "each once");
  for (const { chat } of people) chat.close();
  await settled();

  /**
   * @param {Step} step
   * @param {number} index
   */
  async function take(step, index) {
    if (step.do === "send") return write(person(step.who), `${index}`);
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
 * @returns {Person}
 */
function enter(name, { WebSocket, clock, random, service }, storage) {
  const chat = connect("ws://service.test/ws/chat", { WebSocket, clock, random, storage });
  /** @type {Message[]} */
  const events = [];
  chat.on("message", (message) => events.push(message));
  if (name === FOLLOWER) chat.follow("general", 0);
  const token = () => service.tokenFor(name).token;
  // A page that is left before anybody is authenticated is closed.
  chat.authenticate({ token }).catch(({ code }) => assert.equal(code, "closed"));
  return { name, chat, timelines: [], events, sent: [], inherited: 0, storage };
}

/**
 * All that is left of a page is what it kept; and it keeps nothing before it knows whose it is.
 * @param {Person} person
 * @param {Network} network
 */
function reload(person, network) {
  const { name, chat, sent, inherited, storage } = person;
  const kept = chat.user ? sent : sent.slice(0, inherited);
  chat.close();
  const fresh = enter(name, network, storage.reloaded());
  Object.assign(person, fresh, { sent: kept, inherited: kept.length });
}

/** @param {Person} person */
function look({ chat, timelines }) {
  timelines.push(chat.open("general"));
}

/**
 * @param {Person} person
 * @param {string} content
 */
function write({ name, chat, sent }, content) {
  /** @type {Sent} */
  const message = { content: `${content} of ${name}` };
  sent.push(message);
  chat.send("general", message.content).catch((error) => {
    if (error.code !== "closed") message.error = error;
  });
}

/**
 * @param {Person} person
 * @param {Message[]} stored
 * @param {FakeClock} clock
 */
async function agrees({ name, chat, timelines, events, sent }, stored, clock) {
  assert.equal(chat.state, "online", name);
  const first = name === FOLLOWER ? 0 : (events[0]?.seq ?? Infinity);
  const handed = stored.filter(({ seq }) => seq >= first);
  assert.deepEqual(events, handed, `what ${name} was handed`);
  for (const timeline of timelines) {
    await scrollUp(timeline, clock);
    assert.deepEqual(timeline.messages, stored, `what ${name} sees`);
    assert.deepEqual(timeline.outgoing, [], `what ${name} still waits for`);
  }
  const seqs = sent.map(
    (it) => stored.find(({ content }) => content === it.content)?.seq ?? assert.fail(it.content),
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
