import assert from "node:assert/strict";
import { test } from "node:test";

import { WebSocket } from "ws";

import { connect } from "../../src/index.js";
import { DESKTOP, missing, write } from "../support/chromium.js";
import { WITH_WORKER } from "../support/notifications.js";
import { signInAt, stage } from "./browser.js";

/** @import { Page } from "playwright-core" */

const skip = missing;

/** @param {import("node:test").TestContext} t */
async function keptStage(t) {
  const all = await stage(t);

  /** A user who stays signed in, on a device with the service worker. */
  async function staysSignedIn(name = "alice", look = {}) {
    const page = await all.visit({ ...DESKTOP, ...WITH_WORKER, ...look });
    await page.getByLabel("Keep me signed in").check();
    await signInAt(page, name);
    await page.evaluate(async () => (await navigator.serviceWorker.ready).active);
    return page;
  }

  /** @param {Page} page another tab of the same browser */
  async function anotherTab(page, path = "") {
    const tab = await page.context().newPage();
    await tab.goto(`${all.server.page}${path}`);
    return tab;
  }
  return { ...all, staysSignedIn, anotherTab };
}

/** @param {Page} page */
function field(page) {
  return page.getByLabel("Message", { exact: true });
}

/** @param {Page} page */
function log(page) {
  return page.getByRole("log");
}

/**
 * Everything that lies on the device, as text.
 * @param {Page} page
 */
function onDevice(page) {
  return page.evaluate(async () => {
    const rows = [];
    for (const { name = "" } of await indexedDB.databases()) {
      const db = await new Promise((resolve, reject) => {
        const opening = indexedDB.open(name);
        opening.onsuccess = () => resolve(opening.result);
        opening.onerror = reject;
      });
      for (const store of db.objectStoreNames) {
        const all = db.transaction(store).objectStore(store);
        for (const asking of [all.getAllKeys(), all.getAll()]) {
          rows.push(
            await new Promise((resolve) => (asking.onsuccess = () => resolve(asking.result))),
          );
        }
      }
      db.close();
    }
    return JSON.stringify([rows, { ...localStorage }, { ...sessionStorage }]);
  });
}

/** So long a test waits for something to lie on the device. */
const PATIENCE_MS = 20_000;

/**
 * Until the text lies on the device.
 * @param {Page} page
 * @param {string} text
 */
async function isKept(page, text, isThere = true) {
  const began = performance.now();
  for (let kept = ""; (kept = await onDevice(page)).includes(text) !== isThere;) {
    assert.ok(performance.now() - began < PATIENCE_MS, kept);
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
  }
}

/**
 * @param {Page} page
 * @param {string} text
 */
function isNotKept(page, text) {
  return isKept(page, text, false);
}

test(
  "a user who stays signed in sees without a network what was last there, and it converges",
  { skip },
  async (t) => {
    const { server, service, staysSignedIn } = await keptStage(t);
    const alice = await staysSignedIn();
    await log(alice).getByText("Out of the tunnel!").waitFor();
    await isKept(alice, "Out of the tunnel!");
    server.losesTheNetwork();

    await alice.reload();
    await log(alice).getByText("Out of the tunnel!").waitFor();
    await alice.getByText("Offline. What you write is sent later.").waitFor();
    await alice.getByRole("button", { name: /^Summer plans/ }).waitFor();
    const waiting = alice.getByText(/^Loading/).filter({ visible: true });
    assert.deepEqual(await waiting.allTextContents(), []);
    await write(alice, "Written without a network");
    await alice.locator(".own.sending").waitFor();
    await alice.reload();
    await log(alice).getByText("Written without a network").waitFor();
    server.hasTheNetworkAgain();

    await alice.locator(".own.stored, .own.read").last().getByText("Written without").waitFor();
    const stored = [...(service.conversations.get("general")?.messages.values() ?? [])];
    const copies = stored.filter(({ content }) => content === "Written without a network");
    assert.equal(copies.length, 1);
  },
);

test(
  "what was deleted while a tab was closed is gone once there is a connection",
  { skip },
  async (t) => {
    const { server, staysSignedIn, anotherTab } = await keptStage(t);
    const alice = await staysSignedIn();
    await write(alice, "A secret");
    await alice.locator(".own.stored, .own.read").last().getByText("A secret").waitFor();
    await isKept(alice, "A secret");
    await alice.close();
    const chat = connect(server.url, { WebSocket });
    t.after(() => chat.close());
    await chat.authenticate({ username: "alice", password: "alice-demo-password" });
    const [message] = (await chat.history("general", { limit: 1 })).messages;
    assert.ok(message);
    await chat.remove(message);

    const later = await anotherTab(alice);
    await log(later).getByText("Message deleted").waitFor();
    await isNotKept(later, "A secret");
  },
);

test(
  "a draft of a closed tab is found in the next one, and in one tab only",
  { skip },
  async (t) => {
    const { staysSignedIn, anotherTab } = await keptStage(t);
    const alice = await staysSignedIn();
    await alice.getByRole("heading", { name: "general" }).waitFor();
    const other = await anotherTab(alice);
    await other.getByRole("heading", { name: "general" }).waitFor();
    await field(alice).fill("Begun and left");
    await alice.close();

    await other.waitForFunction(() => {
      const field = document.querySelector("#composer-text");
      return field instanceof HTMLTextAreaElement && field.value === "Begun and left";
    });
    const third = await anotherTab(other);
    await third.getByRole("heading", { name: "general" }).waitFor();

    assert.equal(await field(third).inputValue(), "");
  },
);

test("a closed tab's unsent message is sent by another tab, once", { skip }, async (t) => {
  const { server, service, staysSignedIn, anotherTab } = await keptStage(t);
  const alice = await staysSignedIn();
  const other = await anotherTab(alice);
  for (const page of [alice, other]) await page.getByRole("heading", { name: "general" }).waitFor();
  server.goesAway();
  await alice.getByText("Offline. What you write").waitFor();
  await write(alice, "From the closed tab");
  await alice.locator(".own.sending").waitFor();

  await alice.close();
  await log(other).getByText("From the closed tab").waitFor();
  server.comesBack();

  await other.locator(".own.stored, .own.read").last().getByText("From the closed").waitFor();
  const stored = [...(service.conversations.get("general")?.messages.values() ?? [])];
  assert.equal(stored.filter(({ content }) => content === "From the closed tab").length, 1);
});

test("a link opens its conversation in a tab that nobody signed in to", { skip }, async (t) => {
  const { staysSignedIn, anotherTab } = await keptStage(t);
  const alice = await staysSignedIn();

  const other = await anotherTab(alice, "#/group-1");

  await other.getByRole("heading", { name: "Summer plans" }).waitFor();
  assert.equal(await other.getByLabel("Password").isVisible(), false);
});

test(
  "without the box another tab asks for the password, and nothing stays on the device",
  { skip },
  async (t) => {
    const { signIn, server } = await keptStage(t);
    const alice = await signIn("alice");
    await log(alice).getByText("Out of the tunnel!").waitFor();

    const other = await alice.context().newPage();
    await other.goto(server.page);
    await other.getByLabel("Password").waitFor();

    assert.equal(await other.getByLabel("Keep me signed in").isChecked(), false);
    assert.equal(await onDevice(other), JSON.stringify([[], {}, {}]));
  },
);

for (const where of ["Here", "Everywhere"]) {
  test(
    `signing out ends every tab and leaves nothing on the device: ${where.toLowerCase()}`,
    { skip },
    async (t) => {
      const { staysSignedIn, anotherTab } = await keptStage(t);
      const alice = await staysSignedIn();
      const other = await anotherTab(alice);
      await other.getByRole("heading", { name: "general" }).waitFor();
      await field(other).fill("A secret");
      await isKept(alice, "A secret");
      await isKept(alice, "Out of the tunnel!");

      await alice.getByRole("button", { name: "Sign out" }).click();
      await alice.getByRole("button", { name: where, exact: true }).click();
      for (const page of [alice, other]) await page.getByLabel("Password").waitFor();

      const kept = await onDevice(alice);
      assert.ok(
        !kept.includes("alice") && !kept.includes("secret") && !kept.includes("tunnel"),
        kept,
      );
    },
  );
}

test("a tab uses the token that another one has renewed", { skip }, async (t) => {
  const { service, server, staysSignedIn, anotherTab } = await keptStage(t);
  const alice = await staysSignedIn();
  const other = await anotherTab(alice);
  await other.getByRole("heading", { name: "general" }).waitFor();
  // Only the first tab's session, and each token until now, has run out.
  service.expireSessions("alice");
  const fresh = service.tokenFor("alice").token;
  await other.evaluate((token) => {
    const [key = ""] = Object.keys(localStorage).filter((it) => it.startsWith("parley-token"));
    const kept = JSON.parse(localStorage.getItem(key) ?? "{}");
    localStorage.setItem(key, JSON.stringify({ ...kept, token }));
  }, fresh);
  server.cut();

  await write(alice, "Still here");

  await alice.locator(".own.stored, .own.read").last().getByText("Still here").waitFor();
  assert.equal(await alice.getByLabel("Password").isVisible(), false);
});

test(
  "the login form says that there is no network, and tries again when asked",
  { skip },
  async (t) => {
    const { server, visit } = await keptStage(t);
    const page = await visit({ ...DESKTOP, ...WITH_WORKER });
    await page.evaluate(async () => (await navigator.serviceWorker.ready).active);
    server.losesTheNetwork();

    await page.reload();
    const notice = page.getByText("There is no network. You can sign in once it is back.");
    await notice.waitFor();
    server.hasTheNetworkAgain();
    await page.getByRole("button", { name: "Try now" }).click();
    await notice.waitFor({ state: "hidden" });

    await signInAt(page, "alice");
  },
);

test("without a network a link to what is not on the device says so", { skip }, async (t) => {
  const { server, staysSignedIn } = await keptStage(t);
  const alice = await staysSignedIn();
  await isKept(alice, "Out of the tunnel!");
  server.losesTheNetwork();

  await alice.goto(`${server.page}#/elsewhere`);
  await alice.reload();
  await alice.getByText("This conversation is not stored on this device.").waitFor();
  server.hasTheNetworkAgain();

  await alice.getByText("There is no such conversation, or you are not in it.").waitFor();
});

test(
  "a browser that denies its database keeps all in the tab, as without the box",
  { skip },
  async (t) => {
    const { server, browser } = await keptStage(t);
    const context = await browser.newContext({ ...DESKTOP, serviceWorkers: "block" });
    await context.addInitScript(() => {
      const denied = () => {
        throw new DOMException("Denied.", "SecurityError");
      };
      IDBFactory.prototype.open = denied;
    });
    const page = await context.newPage();
    await page.goto(server.page);
    await page.getByLabel("Keep me signed in").check();
    await signInAt(page, "alice");
    await page.getByRole("heading", { name: "general" }).waitFor();
    await field(page).fill("Begun");

    await page.reload();

    await page.getByRole("heading", { name: "general" }).waitFor();
    assert.equal(await field(page).inputValue(), "Begun");
  },
);
