import assert from "node:assert/strict";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";

import { bundleElement } from "../../bundle-element.js";
import { DESKTOP, PHONE, barriers, launch, missing as skip } from "../support/chromium.js";
import { demoService } from "../support/demo.js";
import { serve } from "../support/server.js";
import { filled } from "./browser.js";

/** @import { BrowserContextOptions, Page } from "playwright-core" */
/** @import { ParleyChat } from "../../element/parley-chat.d.ts" */

const PICTURES = fileURLToPath(new URL("../../../../test-results/browser/", import.meta.url));

/** @type {import("playwright-core").Browser} */
let browser;
/** @type {string} a website: a page of somebody else, and the element's module */
let folder;

before(async () => {
  if (skip) return;
  folder = await mkdtemp(join(tmpdir(), "parley-element-"));
  await bundleElement(folder);
  await cp(new URL("../../page/icon.svg", import.meta.url), join(folder, "icon.svg"));
  await mkdir(PICTURES, { recursive: true });
  browser = await launch();
});

after(async () => {
  if (skip) return;
  await browser.close();
  await rm(folder, { recursive: true, force: true });
});

/**
 * A website with the element, served as strictly as the web app is: nothing inline.
 * @param {import("node:test").TestContext} t
 * @param {Parameters<typeof demoService>[0]} [options]
 */
async function website(t, options) {
  const service = demoService(options);
  const server = await serve(service, 0, folder);
  t.after(() => server.close());
  /** @type {string[]} what the browser complained of, such as a breach of the policy */
  const complaints = [];

  /**
   * @param {string} attributes of the element, besides its url
   * @param {{ look?: BrowserContextOptions, lang?: string, script?: string, css?: string }} [page]
   */
  async function visit(attributes, { look = DESKTOP, lang = "en", script = "", css = "" } = {}) {
    const context = await browser.newContext(look);
    t.after(() => context.close());
    await writeFile(join(folder, "page.js"), script);
    await writeFile(join(folder, "page.css"), css);
    await writeFile(join(folder, "index.html"), pageWith(server.url, attributes, lang));
    const page = await context.newPage();
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("console", (line) => line.type() === "error" && complaints.push(line.text()));
    await page.goto(server.page);
    return page;
  }

  /** @param {string} name */
  const tokenOf = (name) => service.tokenFor(name).token;

  /**
   * What the demo user sees in the conversation.
   * @param {string} name
   * @param {Parameters<typeof visit>[1]} [page]
   */
  async function sees(name, page) {
    const visited = await visit(`conversation="general" token="${tokenOf(name)}"`, page);
    await messagesOf(visited).getByRole("listitem").last().waitFor();
    return visited;
  }
  return { service, server, visit, sees, tokenOf, complaints };
}

/**
 * @param {string} url
 * @param {string} attributes
 * @param {string} lang
 */
function pageWith(url, attributes, lang) {
  return `<!doctype html>
    <html lang="${lang}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>A shop</title>
        <link rel="icon" href="icon.svg" />
        <link rel="stylesheet" href="page.css" />
        <script src="page.js"></script>
        <script type="module" src="parley-chat.js"></script>
      </head>
      <body>
        <main>
          <h1>A shop</h1>
          <parley-chat url="${url}" ${attributes}></parley-chat>
        </main>
      </body>
    </html>`;
}

/** @param {Page} page */
function messagesOf(page) {
  return page.getByRole("log");
}

/**
 * @param {Page} page
 * @param {string} text
 */
async function writes(page, text) {
  await page.getByLabel("Message", { exact: true }).fill(text);
  await page.getByRole("button", { name: "Send", exact: true }).click();
}

/**
 * @param {Page} page
 * @param {string} text
 */
function message(page, text) {
  return messagesOf(page).getByRole("listitem").filter({ hasText: text });
}

/**
 * @param {Page} page
 * @param {string} name
 */
async function poses(page, name) {
  await page.screenshot({ path: join(PICTURES, `element-${name}.png`), animations: "disabled" });
}

test("two elements on two pages talk to each other", { skip }, async (t) => {
  const { sees, complaints } = await website(t);
  const [alice, bob] = [await sees("alice"), await sees("bob")];

  await writes(alice, "Hello from a shop");

  await message(bob, "Hello from a shop").getByText("alice").waitFor();
  await message(alice, "Hello from a shop").getByText("You").waitFor();
  assert.deepEqual(complaints, []);
});

test("what somebody writes is text, also where it looks like HTML", { skip }, async (t) => {
  const { sees } = await website(t);
  const [alice, bob] = [await sees("alice"), await sees("bob")];
  const hostile = "<img src=x onerror=alert(1)><b>bold</b>";

  await writes(alice, `${hostile} and *this* is in https://example.org`);

  const shown = message(bob, hostile);
  await shown.getByRole("link", { name: "https://example.org" }).waitFor();
  assert.equal(await shown.locator("em").textContent(), "this");
  assert.equal(await shown.locator("img, b").count(), 0);
});

test("who is typing is shown, and lapses", { skip }, async (t) => {
  const { sees } = await website(t);
  const [alice, bob] = [await sees("alice"), await sees("bob")];

  await alice.getByLabel("Message", { exact: true }).pressSequentially("Hm");
  await bob.getByText("alice is typing").waitFor();
  await alice.getByRole("button", { name: "Send" }).click();

  await bob.getByText("alice is typing").waitFor({ state: "detached" });
});

test(
  "earlier messages come as the reader scrolls up, who stays where they were",
  { skip },
  async (t) => {
    const { service, sees } = await website(t);
    filled(service, "general", 180);
    const alice = await sees("alice");
    const log = messagesOf(alice);
    await message(alice, "number 180").waitFor();

    await log.hover();
    const seen = message(alice, "number 131");
    const before = await log.evaluate((box) => {
      box.scrollTop = 0;
      return box.scrollHeight;
    });
    await message(alice, "number 81").waitFor({ state: "attached" });

    assert.ok((await log.evaluate((box) => box.scrollHeight)) > before);
    assert.ok(await seen.isVisible());
    const place = await seen.evaluate((row) => row.getBoundingClientRect().top);
    assert.ok(
      Math.abs(place - (await log.evaluate((box) => box.getBoundingClientRect().top))) < 200,
    );
  },
);

test("unread messages begin below a line, and are read once they are seen", { skip }, async (t) => {
  const { service, sees } = await website(t);
  filled(service, "general", 40, 20);

  const alice = await sees("alice");
  await alice.getByText("New messages", { exact: true }).waitFor();
  const readBefore = service.conversations.get("general")?.members.get("alice")?.last_read_seq;
  await alice.getByRole("button", { name: "Latest messages" }).click();

  assert.equal(readBefore, 20);
  await alice.waitForFunction(() => {
    const { chat } = /** @type {ParleyChat} */ (document.querySelector("parley-chat"));
    return chat?.unread("general") === 0;
  });
});

test(
  "a message that comes while the reader is elsewhere is counted on a button",
  { skip },
  async (t) => {
    const { service, sees } = await website(t);
    filled(service, "general", 60);
    const [alice, bob] = [await sees("alice"), await sees("bob")];
    await messagesOf(alice).evaluate((box) => (box.scrollTop = 0));
    await alice.getByRole("button", { name: "Latest messages" }).waitFor();

    await writes(bob, "Are you there?");
    await alice.getByRole("button", { name: "1 new message" }).click();

    await message(alice, "Are you there?").waitFor();
    assert.ok(await message(alice, "Are you there?").isVisible());
  },
);

test("what is written without a connection waits, and is sent once", { skip }, async (t) => {
  const { server, sees } = await website(t);
  const [alice, bob] = [await sees("alice"), await sees("bob")];
  server.goesAway();
  await alice.getByText("Offline. What you write is sent later.").waitFor();

  await writes(alice, "Written in a tunnel");
  await message(alice, "Written in a tunnel").getByText("Being sent").waitFor();
  await poses(alice, "offline");
  assert.deepEqual(await barriers(alice), []);
  server.comesBack();
  await alice.getByRole("button", { name: "Try now" }).click();

  await message(alice, "Written in a tunnel")
    .getByText("Being sent")
    .waitFor({ state: "detached" });
  await alice.getByText("Offline.").waitFor({ state: "detached" });
  await bob.evaluate(() => document.querySelector("parley-chat")?.chat?.wake());
  await message(bob, "Written in a tunnel").waitFor();
  assert.equal(await message(bob, "Written in a tunnel").count(), 1);
});

test("what is not sent yet outlives a reload of the page", { skip }, async (t) => {
  const { server, sees } = await website(t);
  const alice = await sees("alice");
  server.goesAway();
  await alice.getByText("Offline. What you write is sent later.").waitFor();
  await writes(alice, "Before the reload");
  await message(alice, "Before the reload").getByText("Being sent").waitFor();

  await alice.reload();
  server.comesBack();

  const sent = message(alice, "Before the reload");
  await sent.getByRole("time").waitFor();
  assert.equal(await sent.count(), 1);
});

test("a message is shown as it is now: edited, or deleted", { skip }, async (t) => {
  const { sees } = await website(t);
  const [alice, bob] = [await sees("alice"), await sees("bob")];
  await writes(bob, "Helo");
  await writes(bob, "Oops");
  await message(alice, "Oops").waitFor();

  await bob.evaluate(async () => {
    const { chat } = /** @type {ParleyChat} */ (document.querySelector("parley-chat"));
    const { messages = [] } = (await chat?.history("general", { limit: 2 })) ?? {};
    const [first, second] = messages;
    if (first) await chat?.edit(first, "Hello");
    if (second) await chat?.remove(second);
  });

  await message(alice, "Hello").getByText("edited").waitFor();
  await messagesOf(alice).getByText("Message deleted").waitFor();
  assert.equal(await message(alice, "Oops").count(), 0);
});

test("a file is a link, by the name that it shows", { skip }, async (t) => {
  const { sees } = await website(t);
  const [alice, bob] = [await sees("alice"), await sees("bob")];

  await bob.evaluate(async () => {
    const { chat } = /** @type {ParleyChat} */ (document.querySelector("parley-chat"));
    const file = new File(["notes"], "notes\u202etxt.exe", { type: "text/plain" });
    const attachment = await chat?.upload("general", file);
    if (attachment) await chat?.send("general", { attachments: [attachment] });
  });

  const link = messagesOf(alice).getByRole("link", { name: "Download notestxt.exe" });
  await link.waitFor();
  assert.match((await link.getAttribute("href")) ?? "", /^http:/);
  assert.equal(await link.getAttribute("rel"), "noopener noreferrer");
});

test(
  "a message that was refused says why, and can be discarded or sent again",
  { skip },
  async (t) => {
    const { service, sees } = await website(t);
    const member = service.conversations.get("general")?.members.get("bob");
    const bob = await sees("bob");
    Object.assign(member ?? {}, { muted_until: new Date(Date.now() + 3_600_000).toISOString() });

    await writes(bob, "Let me speak");
    await message(bob, "Let me speak").getByText("Not sent", { exact: true }).waitFor();
    await bob.getByText("You are muted.").waitFor();
    await poses(bob, "not-sent");
    Object.assign(member ?? {}, { muted_until: undefined });
    await bob.getByRole("button", { name: "Try again" }).click();

    await message(bob, "Let me speak").getByText("Not sent").waitFor({ state: "detached" });
  },
);

test(
  "without a token the user signs in, and stays signed in over a reload",
  { skip },
  async (t) => {
    const { visit, complaints } = await website(t);
    const page = await visit(`conversation="general"`);

    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText("Who are you?").waitFor();
    await page.getByLabel("Username").fill("alice");
    await page.getByLabel("Password").fill("a wrong password");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText("There is no user with this name and password.").waitFor();
    await poses(page, "sign-in");
    assert.deepEqual(await barriers(page), []);
    await page.getByLabel("Password").fill("alice-demo-password");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText("Signed in as alice").waitFor();
    await page.reload();
    await page.getByText("Signed in as alice").waitFor();

    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByLabel("Username").waitFor();
    assert.equal(await messagesOf(page).count(), 0);
    assert.deepEqual(complaints, []);
  },
);

test("a page's own function brings the token, whenever the page sets it", { skip }, async (t) => {
  const { visit, tokenOf } = await website(t);
  const script = `addEventListener("DOMContentLoaded", () => {
    const chat = document.querySelector("parley-chat");
    const set = () => (chat.getToken = async () => ${JSON.stringify(tokenOf("carol"))});
    if (location.hash === "#late") customElements.whenDefined("parley-chat").then(set);
    else set();
  });`;

  for (const when of ["#early", "#late"]) {
    const page = await visit(`conversation="general"`, { script });
    await page.goto(`${page.url()}${when}`);
    await page.reload();
    await messagesOf(page).getByRole("listitem").last().waitFor();
    assert.equal(await page.getByText("Signed in as").count(), 0, when);
  }
});

test("a page hears of the user, of messages and of the end of the session", { skip }, async (t) => {
  const { service, sees } = await website(t);
  const script = `globalThis.heard = [];
    for (const name of ["parley-signed-in", "parley-message", "parley-signed-out"])
      addEventListener(name, ({ detail }) =>
        heard.push([name, detail.username ?? detail.reason, detail.content]));`;
  const alice = await sees("alice", { script });

  await writes(alice, "Hello");
  await message(alice, "Hello").getByText("Being sent").waitFor({ state: "detached" });
  await alice.evaluate(() => document.querySelector("parley-chat")?.chat?.signOut());
  await alice.getByText("You have been signed out.").waitFor();

  const heard = await alice.evaluate(() => /** @type {any} */ (globalThis).heard);
  assert.deepEqual(heard[0], ["parley-signed-in", "alice", undefined]);
  assert.deepEqual(heard[1], ["parley-message", "alice", "Hello"]);
  assert.equal(heard[2][0], "parley-signed-out");
  assert.equal(await alice.getByLabel("Username").count(), 0);
  assert.ok(service.conversations.size > 0);
});

test("another conversation is shown without another connection", { skip }, async (t) => {
  const { service, sees } = await website(t);
  const alice = await sees("alice");
  const before = [...service.connections];

  await alice.locator("parley-chat").evaluate((it) => it.setAttribute("conversation", "group-1"));

  await message(alice, "Book it!").waitFor();
  assert.deepEqual([...service.connections], before);
});

test(
  "an element that leaves the page ends its connection, and one that is moved keeps it",
  { skip },
  async (t) => {
    const { service, sees } = await website(t);
    const alice = await sees("alice");
    const before = [...service.connections];

    await alice.locator("parley-chat").evaluate((it) => document.body.append(it));
    await messagesOf(alice).getByRole("listitem").last().waitFor();
    const after = [...service.connections];
    await alice.locator("parley-chat").evaluate((it) => it.remove());

    assert.deepEqual(after, before);
    await alice.waitForFunction(() => !document.querySelector("parley-chat"));
    const deadline = performance.now() + 10_000;
    while (service.connections.size > 0 && performance.now() < deadline) {
      await alice.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
    }
    assert.equal(service.connections.size, 0);
  },
);

test(
  "attributes that a page sets after the element is there begin one connection",
  { skip },
  async (t) => {
    const { service, server, visit, tokenOf } = await website(t);
    const page = await visit(`id="unused"`);
    const attributes = { url: server.url, conversation: "general", token: tokenOf("alice") };

    await page.evaluate((attributes) => {
      const element = document.createElement("parley-chat");
      document.querySelector("parley-chat")?.replaceWith(element);
      for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    }, attributes);

    await messagesOf(page).getByRole("listitem").last().waitFor();
    assert.equal(service.connections.size, 1);
  },
);

test("a user who wrote is at the end again", { skip }, async (t) => {
  const { service, sees } = await website(t);
  filled(service, "general", 60);
  const alice = await sees("alice");
  await messagesOf(alice).evaluate((box) => (box.scrollTop = 0));
  await alice.getByRole("button", { name: "Latest messages" }).waitFor();

  await writes(alice, "Here I am");

  await alice.getByRole("button", { name: "Latest messages" }).waitFor({ state: "detached" });
  assert.ok(await message(alice, "Here I am").isVisible());
});

test("a conversation that the user is not in says so", { skip }, async (t) => {
  const { visit, tokenOf } = await website(t);

  const page = await visit(`conversation="nowhere" token="${tokenOf("alice")}"`);

  await page.getByRole("status").getByText("not", { exact: false }).waitFor();
});

test("words of the page take the place of the element's", { skip }, async (t) => {
  const { sees } = await website(t);
  const alice = await sees("alice");

  await alice.locator("parley-chat").evaluate((it) => {
    /** @type {ParleyChat} */ (it).words = { "composer.placeholder": "Ask us anything" };
  });

  await alice.getByPlaceholder("Ask us anything").waitFor();
});

const LOOKS = /** @type {const} */ ({
  desktop: { look: DESKTOP },
  phone: { look: PHONE },
  dark: { look: { ...DESKTOP, colorScheme: "dark" } },
  arabic: { look: { ...PHONE, locale: "ar-EG" }, lang: "ar" },
});
const CSS = `:root { color-scheme: light dark; font-family: system-ui, sans-serif; }
  body { margin: 1rem; } h1 { font-size: 1.25rem; }`;

for (const [name, page] of Object.entries(LOOKS)) {
  test(`the element has no barriers and fits its place: ${name}`, { skip }, async (t) => {
    const { service, sees, complaints } = await website(t);
    const chat = service.conversations.get("general");
    for (const member of chat?.members.values() ?? []) member.last_read_seq = 12;
    service.displayNames.set("user-bob", "Bob Baker");

    const alice = await sees("alice", { ...page, css: CSS });
    await alice.getByRole("button").first().waitFor();
    const field = alice.getByRole("textbox");
    await field.fill("A message of *mine*, with https://example.org and `code`");
    await alice.locator("parley-chat").locator("button[type=submit]").click();
    await messagesOf(alice).getByText("example.org").waitFor();
    await messagesOf(alice).getByText("Bob Baker").first().waitFor();

    await poses(alice, name);
    assert.deepEqual(await barriers(alice), []);
    const box = await alice.locator("parley-chat").evaluate(({ scrollWidth, clientWidth }) => {
      return { scrollWidth, clientWidth, page: document.documentElement.scrollWidth - innerWidth };
    });
    const composer = alice.locator("parley-chat").locator("form");
    const gap = await composer.evaluate((form) => {
      const element = /** @type {ShadowRoot} */ (form.getRootNode()).host;
      return element.getBoundingClientRect().bottom - form.getBoundingClientRect().bottom;
    });
    assert.ok(gap >= 0 && gap < 3, `${gap} pixels below the field`);
    assert.ok(box.scrollWidth <= box.clientWidth && box.page <= 0, JSON.stringify(box));
    assert.deepEqual(complaints, []);
  });
}

test(
  "a page changes the colours by custom properties, and parts by their names",
  { skip },
  async (t) => {
    const { sees } = await website(t);
    const css = `parley-chat { --parley-accent: rgb(1, 2, 3); --parley-height: 300px; }
    parley-chat::part(author) { letter-spacing: 3px; }`;

    const alice = await sees("alice", { css });

    const author = messagesOf(alice).getByText("carol", { exact: true }).first();
    const style = await author.evaluate((it) => {
      const { color, letterSpacing } = getComputedStyle(it);
      return { color, letterSpacing };
    });
    assert.deepEqual(style, { color: "rgb(1, 2, 3)", letterSpacing: "3px" });
    assert.equal((await alice.locator("parley-chat").boundingBox())?.height, 300);
  },
);
