import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { after, before } from "node:test";

import { WebSocket } from "ws";

import { connect } from "../../src/index.js";
import { DESKTOP, launch, missing, write } from "../support/chromium.js";
import { readThrough } from "../support/messages.js";
import { ROOT, Stack } from "./stack.js";
import { Wire } from "./wire.js";

/** @import { TestContext } from "node:test" */
/** @import { Chat } from "../../src/index.js" */
/** @import { Browser, BrowserContextOptions, Page } from "playwright-core" */

/** For what will come: a function's first run starts a process. */
const PATIENCE_MS = 30_000;
const PICTURES = join(ROOT, "test-results", "browser");

/** @type {Stack} */
export let stack;
/** @type {Browser} */
let browser;

before(async () => {
  if (missing) return;
  stack = await Stack.start();
  browser = await launch();
  await mkdir(PICTURES, { recursive: true });
});

after(async () => {
  if (missing) return;
  for (const chat of chats.values()) (await chat).close();
  await browser?.close();
  await stack?.remove();
  console.log(`What the page looked like is in ${PICTURES}`);
});

/** Somebody at a browser of their own, with a network of their own. */
export class Person {
  /** @type {string[]} what the page complained of, such as a breach of its policy */
  complaints = [];

  /**
   * @param {string} name
   * @param {Wire} wire
   * @param {Page} page
   */
  constructor(name, wire, page) {
    this.name = name;
    this.wire = wire;
    this.page = page;
    page.setDefaultTimeout(PATIENCE_MS);
    page.on("pageerror", (error) => this.complaints.push(String(error)));
    page.on("console", (line) => line.type() === "error" && this.complaints.push(line.text()));
  }

  async signsIn() {
    const { page, name } = this;
    await page.goto(this.wire.page);
    await page.getByRole("button", { name, exact: true }).click();
    await page.getByRole("button", { name: "Sign in" }).click();
    await this.listed("General").waitFor();
    return this;
  }

  /** A second tab of the same browser. */
  async opensAnotherTab() {
    return new Person(this.name, this.wire, await this.page.context().newPage());
  }

  /** @param {string} title */
  listed(title) {
    return this.page.getByRole("button", { name: title });
  }

  /** @param {string} title */
  async opens(title) {
    await this.listed(title).click();
    await this.page.getByRole("heading", { name: title }).waitFor();
  }

  /** @param {string} text */
  async writes(text) {
    await write(this.page, text);
  }

  /** @param {string} text */
  async sees(text) {
    await this.page.getByRole("log").getByText(text, { exact: true }).waitFor();
  }

  /** What the messages on the page say, from the first to the last. */
  async contents() {
    return (await readThrough(this.page)).contents;
  }

  async losesTheNetwork() {
    this.wire.cut();
    await this.page.getByText("Offline. What you write").waitFor();
  }

  /** Does not wait for the next attempt. */
  async isBack() {
    this.wire.mend();
    await this.retries();
  }

  /** Presses the button until the banner is gone: an attempt may come too early. */
  async retries() {
    const banner = this.page.getByRole("region", { name: "Connection" });
    const button = banner.getByRole("button");
    while (await banner.isVisible()) {
      await button.click({ timeout: 500 }).catch(notThere);
    }
  }

  /** @param {string} name what the picture is called */
  async poses(name) {
    const path = join(PICTURES, `${name}.png`);
    await this.page.screenshot({ path, animations: "disabled", caret: "initial" });
  }
}

/**
 * @param {TestContext} t
 * @param {string} name one of the demo users
 * @param {BrowserContextOptions} [look]
 */
export async function arrives(t, name, look = DESKTOP) {
  const page = await newPage(t, look);
  const wire = await new Wire(stack.port).open();
  t.after(() => wire.close());
  return new Person(name, wire, page);
}

/**
 * A page in a browser of its own.
 * @param {TestContext} t
 * @param {BrowserContextOptions} [look]
 */
export async function newPage(t, look = DESKTOP) {
  const context = await browser.newContext(look);
  t.after(() => context.close());
  return context.newPage();
}

/**
 * Signed in, at their browsers.
 * @param {TestContext} t
 * @param {string[]} names
 */
export function gathers(t, ...names) {
  return Promise.all(names.map(async (name) => (await arrives(t, name)).signsIn()));
}

/** @type {Map<string, Promise<Chat>>} */
const chats = new Map();

/**
 * Somebody without a browser, for what only has to be there.
 * @param {string} name
 */
export async function behind(name) {
  const signingIn = chats.get(name) ?? signedIn(name);
  chats.set(name, signingIn);
  const chat = await signingIn;
  // The test before may have stopped the service, and this one shall not sit out the backoff.
  chat.wake();
  return chat;
}

/** @param {string} name */
async function signedIn(name) {
  const url = `ws://127.0.0.1:${stack.port}/ws/chat`;
  // The socket of this package fits the browsers' in all that the client uses of it.
  const chat = connect(url, { WebSocket: /** @type {any} */ (WebSocket) });
  await chat.authenticate({ username: name, password: `${name}-demo-password` });
  return chat;
}

let count = 0;

/**
 * A group of its own for each test, so that none sees what another wrote.
 * @param {string} about
 * @param {string[]} members the first of them its owner
 */
export async function group(about, [owner = "alice", ...members]) {
  const title = `${about} ${++count}`;
  const chat = await behind(owner);
  const { conversationId: id } = await chat.createConversation({ title, members });
  return { title, id, chat };
}

/** @param {unknown} error */
function notThere(error) {
  if (!(error instanceof Error) || error.name !== "TimeoutError") throw error;
}
