import assert from "node:assert/strict";
import { test } from "node:test";

import fc from "fast-check";

import { Drafts } from "../../page/drafts.js";
import { Keeping } from "../../page/keeping.js";
import { connect } from "../../src/index.js";
import { FakeClock, settled } from "../support/clock.js";
import { Device } from "../support/device.js";
import { Network } from "../support/network.js";
import { addConversation } from "../support/service/conversations.js";
import { ordered } from "../support/service/log.js";
import { Service } from "../support/service/service.js";
import { FakeStorage } from "../support/storage.js";

/** @import { Chat, User } from "../../src/index.js" */

const ADDRESS = "ws://service.test/ws/chat";
const PLACES = ["general", "plans"];
/** Longer than any page waits for another. */
const LONG_MS = 10_000;

/**
 * What may happen next. `turns`: so much of what is under way happens before the page ends.
 * @typedef {{ do: "type", tab: number, place: number } | { do: "send", tab: number, place: number }
 *   | { do: "clear", tab: number, place: number } | { do: "open" } | { do: "wait", ms: number }
 *   | { do: "close", tab: number, turns: number } | { do: "reload", tab: number, turns: number }
 *   | { do: "duplicate", tab: number } | { do: "outage" } | { do: "back" }} Step
 */

const tab = fc.nat(2);
const place = fc.nat(1);
const turns = fc.nat(12);
/** @type {fc.Arbitrary<Step>} */
const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant("type"), tab, place }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant("send"), tab, place }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("clear"), tab, place }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("close"), tab, turns }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("reload"), tab, turns }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("duplicate"), tab }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("open") }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("wait"), ms: fc.nat(5_000) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("outage") }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("back") }) },
);

test("tabs that end at any moment lose no draft and no message, and send none twice", async () => {
  const runs = Number(process.env["PARLEY_RUNS"] ?? 60);
  const steps = fc.array(step, { minLength: 3, maxLength: 25, size: "max" });

  await fc.assert(fc.asyncProperty(steps, losesNothing), { numRuns: runs });
});

/** @param {Step[]} steps */
async function losesNothing(steps) {
  const browser = new Browser();
  await browser.open();

  for (const [index, step] of steps.entries()) await browser.take(step, `word${index}.`);
  if (browser.tabs.length === 0) await browser.open();
  browser.network.comesBack();
  for (let rounds = 0; rounds < 4; rounds++) await browser.pass(LONG_MS);

  assert.deepEqual(browser.contents.sort(), browser.sent.sort(), "each message is stored once");
  for (const { chat } of browser.tabs) {
    for (const id of PLACES) assert.deepEqual(chat.open(id).outgoing, [], "nothing waits");
  }
  for (const { place, text } of browser.begun) {
    const tabs = browser.tabs.filter((tab) => tab.draft(place).includes(text));
    assert.equal(tabs.length, 1, `${text} is a draft in one tab`);
  }
  assert.deepEqual(browser.problems, []);
  for (const { chat } of browser.tabs) chat.close();
  await settled();
}

/** A browser with any number of tabs, all of alice, who stays signed in. */
class Browser {
  clock = new FakeClock();
  device = new Device();
  service = new Service({ clock: this.clock, storing: async () => {}, historyLimit: 50 });
  network = new Network(this.service, this.clock, () => 0.5);
  /** @type {Tab[]} */
  tabs = [];
  /** @type {string[]} */
  sent = [];
  /** @type {string[]} what a tab that lives on could not keep */
  problems = [];
  /** @type {{ tab: Tab, place: string, text: string }[]} the drafts that somebody typed and left */
  begun = [];

  constructor() {
    this.service.addUser("alice");
    for (const id of PLACES) addConversation(this.service, id, ["alice"]);
    const { token: _, ...user } = this.service.tokenFor("alice");
    /** @type {User} */
    this.user = { userId: "user-alice", username: "alice", ...user };
  }

  /** What the messages say that the service has. */
  get contents() {
    return PLACES.flatMap((id) => {
      const conversation = this.service.conversations.get(id);
      return conversation ? ordered(conversation).map(({ content }) => content) : [];
    });
  }

  async open(storage = new FakeStorage()) {
    const tab = new Tab(this, storage);
    this.tabs.push(tab);
    await tab.begin();
    await this.device.rests();
  }

  /** @param {number} ms */
  async pass(ms) {
    await this.device.rests();
    await this.clock.pass(ms);
    await this.device.rests();
  }

  /**
   * @param {Step} step
   * @param {string} text
   */
  async take(step, text) {
    if (step.do === "open") return this.open();
    if (step.do === "wait") return this.pass(step.ms);
    if (step.do === "outage") return this.network.goesDown();
    if (step.do === "back") return void (this.network.isUp = true);
    const tab = this.tabs[step.tab];
    if (!tab) return;
    if (step.do === "duplicate") return this.open(tab.storage.reloaded());
    if (step.do === "close" || step.do === "reload") return this.#end(tab, step);
    const place = PLACES[step.place] ?? "";
    if (step.do === "send") this.#send(tab, place, text);
    else this.#type(tab, place, step.do === "clear" ? "" : text);
  }

  /**
   * @param {Tab} tab
   * @param {{ do: "close" | "reload", turns: number }} how
   */
  async #end(tab, how) {
    for (let turn = 0; turn < how.turns; turn++) await settled();
    tab.crash();
    this.tabs = this.tabs.filter((it) => it !== tab);
    if (how.do === "reload") await this.open(tab.storage.reloaded());
  }

  /**
   * @param {Tab} tab
   * @param {string} place
   * @param {string} text
   */
  #send(tab, place, text) {
    this.sent.push(text);
    tab.chat.send(place, text).catch(() => {});
  }

  /**
   * The user replaces what is in the field.
   * @param {Tab} tab
   * @param {string} place
   * @param {string} text
   */
  #type(tab, place, text) {
    const replaced = tab.draft(place);
    this.begun = this.begun.filter((it) => it.place !== place || !replaced.includes(it.text));
    if (text) this.begun.push({ tab, place, text });
    tab.drafts.write("user-alice", place, text);
  }
}

/** One tab, until it is closed or loaded again. */
class Tab {
  /** @type {import("../support/device.js").Connection[]} */
  #connections = [];
  #isOver = false;
  #browser;

  /**
   * @param {Browser} browser
   * @param {FakeStorage} storage what the tab keeps over a reload
   */
  constructor(browser, storage) {
    this.#browser = browser;
    this.storage = storage;
    const { device, clock, network } = browser;
    this.keeping = new Keeping(ADDRESS, {
      tab: storage,
      locks: device.locks.of(this),
      openDatabase: () => this.#open(device),
      openChannel: () => device.channels.open(this),
      report: (error) => this.#isOver || browser.problems.push(String(error)),
      wait: (ms) => new Promise((resolve) => clock.setTimeout(() => resolve(), ms)),
    });
    const { WebSocket, random } = network;
    /** @type {Chat} */
    this.chat = connect(ADDRESS, { WebSocket, clock, random, storage: this.keeping.storage });
    this.drafts = new Drafts(ADDRESS, this.keeping.storage);
  }

  async begin() {
    const { service, user } = this.#browser;
    const token = () => service.tokenFor("alice").token;
    this.chat.authenticate({ token, user }).catch(() => {});
    await this.keeping.begin(user, this.chat);
  }

  /** @param {string} place */
  draft(place) {
    return this.drafts.read("user-alice", place);
  }

  crash() {
    this.#isOver = true;
    const { device } = this.#browser;
    for (const connection of this.#connections) connection.crash();
    device.channels.end(this);
    this.chat.close();
    device.locks.end(this);
  }

  /** @param {Device} device */
  async #open(device) {
    const connection = await device.open();
    this.#connections.push(connection);
    return connection.db;
  }
}
