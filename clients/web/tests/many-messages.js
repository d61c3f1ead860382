// What a conversation of many messages costs the browser: `npm run many-messages`. MESSAGES chooses how
// many (10,000). Counts and times are Chromium's own, over DevTools' Performance domain.

import { WebSocket } from "ws";

import { connect } from "../src/index.js";
import { signInAt } from "./browser/browser.js";
import { DESKTOP, launch } from "./support/chromium.js";
import { demoService } from "./support/demo.js";
import { serve } from "./support/server.js";

/** @import { CDPSession, Page } from "playwright-core" */

const MANY = Number(process.env["MESSAGES"] ?? 10_000);
const AN_HOUR = 3_600;
const REPEATED = 40;
const WORDS = "we take the slow train to the lake and book a house with a jetty for June".split(
  " ",
);

/** @type {[what: string, value: string][]} */
const results = [];
const service = demoService();
fill("general");
const server = await serve(service);
const browser = await launch();
try {
  await measure();
} finally {
  await browser.close();
  await server.close();
}
console.log(`| with ${MANY.toLocaleString("en")} messages | |\n| --- | ---: |`);
for (const [what, value] of results) console.log(`| ${what} | ${value} |`);
process.exit();

async function measure() {
  const context = await browser.newContext({ serviceWorkers: "block", ...DESKTOP });
  const page = await context.newPage();
  await page.goto(server.page);
  await signInAt(page, "alice");
  const bob = connect(server.url, { WebSocket: /** @type {any} */ (WebSocket) });
  await bob.authenticate({ username: "bob", password: "bob-demo-password" });
  const cdp = await context.newCDPSession(page);
  // The time of the thread, so that other programs do not count.
  await cdp.send("Performance.enable", { timeDomain: "threadTicks" });

  await loadAll(page);
  await page.locator("#jump").click();
  await settled(page);
  const loaded = await state(cdp);
  results.push(["elements in the document", count(await elements(page))]);
  results.push(["JS heap", megabytes(loaded.JSHeapUsedSize)]);

  await each(cdp, page, "a received message", (index) => bob.send("general", `received ${index}`));
  await shown(page, `received ${REPEATED - 1}`);
  let isTyping = false;
  await each(cdp, page, "a received typing", async () => {
    bob.typing("general", (isTyping = !isTyping));
  });
  await page.locator("#composer-text").focus();
  await each(cdp, page, "a typed character", () => page.keyboard.press("a"));

  const tasks = await tasksDuring(browser, () => scrollThrough(page));
  const long = tasks.filter((ms) => ms > 50).length;
  results.push(["tasks above 50 ms while scrolling from top to bottom", count(long)]);
  const longest = tasks.reduce((most, ms) => Math.max(most, ms), 0);
  results.push(["the longest task", `${longest.toFixed(0)} ms`]);

  const before = await state(cdp);
  for (let index = 0; index < AN_HOUR; index++) await bob.send("general", `hour ${index}`);
  await shown(page, `hour ${AN_HOUR - 1}`);
  const after = await state(cdp);
  const grown = after.JSHeapUsedSize - before.JSHeapUsedSize;
  results.push([`JS heap that ${count(AN_HOUR)} more messages add`, megabytes(grown)]);
  results.push(["elements in the document then", count(await elements(page))]);
  bob.close();
}

/** @param {string} id */
function fill(id) {
  const conversation = service.conversations.get(id);
  const pattern = conversation?.messages.get(1);
  if (!conversation) throw new Error(`There is no conversation ${id}.`);
  const now = Date.now();
  for (let seq = conversation.last_seq + 1; seq <= MANY; seq++) {
    const username = ["alice", "bob", "carol"][Math.floor(seq / 3) % 3];
    const content = WORDS.slice(0, 1 + ((seq * 7) % WORDS.length))
      .join(" ")
      .repeat(1 + (seq % 4));
    const ids = { seq, message_id: `${id}:${seq}`, user_id: `user-${username}`, username };
    const created_at = new Date(now - (MANY - seq) * 60_000).toISOString();
    conversation.messages.set(seq, { ...pattern, ...ids, content, created_at });
  }
  conversation.last_seq = MANY;
  for (const member of conversation.members.values()) member.last_read_seq = MANY;
}

/**
 * Scrolls up until there is nothing before the first message.
 * @param {Page} page
 */
async function loadAll(page) {
  const beginning = page.getByText("The conversation begins here.");
  while (!(await beginning.isVisible())) {
    await page.locator("#scroller").evaluate((box) => (box.scrollTop = 0));
    await settled(page);
  }
}

/**
 * @param {Page} page
 * @param {string} text
 */
function shown(page, text) {
  return page.locator("#messages .content").getByText(text, { exact: true }).waitFor();
}

/**
 * Two frames later all that was scheduled is drawn.
 * @param {Page} page
 */
function settled(page) {
  return page.evaluate(
    () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
  );
}

/** @param {Page} page */
function elements(page) {
  return page.evaluate(() => document.querySelectorAll("*").length);
}

/**
 * Does something again and again, and notes what scripts and layout take each time.
 * @param {CDPSession} cdp
 * @param {Page} page
 * @param {string} what
 * @param {(index: number) => Promise<unknown>} act
 */
async function each(cdp, page, what, act) {
  await act(-1);
  await settled(page);
  const before = await metrics(cdp);
  for (let index = 0; index < REPEATED; index++) {
    await act(index);
    // Nothing that looks into the document: that would be measured, too.
    await settled(page);
  }
  const after = await metrics(cdp);
  const ms = (/** @type {string} */ name) =>
    ((((after[name] ?? 0) - (before[name] ?? 0)) / REPEATED) * 1000).toFixed(1);
  results.push([`${what}: scripting`, `${ms("ScriptDuration")} ms`]);
  results.push([
    `${what}: all of the main thread`,
    `${ms("TaskDuration")} ms, ${ms("LayoutDuration")} ms of it layout`,
  ]);
}

/**
 * @param {CDPSession} cdp
 * @returns {Promise<Record<string, number>>}
 */
async function metrics(cdp) {
  const { metrics } = await cdp.send("Performance.getMetrics");
  return Object.fromEntries(metrics.map(({ name, value }) => [name, value]));
}

/**
 * What is left once the garbage is gone.
 * @param {CDPSession} cdp
 */
async function state(cdp) {
  await cdp.send("HeapProfiler.collectGarbage");
  const { JSHeapUsedSize = 0, Nodes = 0 } = await metrics(cdp);
  return { JSHeapUsedSize, Nodes };
}

/**
 * How long the main thread computed in each of its tasks, in milliseconds.
 * @param {import("playwright-core").Browser} browser
 * @param {() => Promise<void>} act
 * @returns {Promise<number[]>}
 */
async function tasksDuring(browser, act) {
  const cdp = await browser.newBrowserCDPSession();
  /** @type {any[]} */
  const events = [];
  cdp.on("Tracing.dataCollected", ({ value }) => events.push(...value));
  const traceConfig = { includedCategories: ["disabled-by-default-devtools.timeline"] };
  await cdp.send("Tracing.start", { transferMode: "ReportEvents", traceConfig });
  await act();
  const complete = new Promise((done) => cdp.once("Tracing.tracingComplete", done));
  await cdp.send("Tracing.end");
  await complete;
  const threads = new Set(
    events
      .filter(({ args }) => args?.name === "CrRendererMain")
      .map(({ pid, tid }) => `${pid} ${tid}`),
  );
  return events
    .filter(({ name, pid, tid }) => name === "RunTask" && threads.has(`${pid} ${tid}`))
    .map(({ tdur }) => tdur / 1000);
}

/**
 * From top to bottom, most of a screen a frame.
 * @param {Page} page
 */
async function scrollThrough(page) {
  await page.locator("#scroller").evaluate(async (box) => {
    const frame = () => new Promise((done) => requestAnimationFrame(done));
    box.scrollTop = 0;
    await frame();
    while (box.scrollTop + box.clientHeight < box.scrollHeight - 1) {
      box.scrollTop += box.clientHeight * 0.8;
      await frame();
    }
  });
  await settled(page);
}

/** @param {number} bytes */
function megabytes(bytes) {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

/** @param {number} value */
function count(value) {
  return value.toLocaleString("en");
}
