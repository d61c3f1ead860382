import assert from "node:assert/strict";
import { test } from "node:test";

import { barriers, missing } from "../support/chromium.js";
import { WITH_WORKER, browserShows, turnOn } from "../support/notifications.js";
import { filled, signInAt, stage } from "./browser.js";

/** @import { BrowserContext, Page } from "playwright-core" */

const skip = missing;
/** An uncompressed point, as VAPID keys are. */
const KEY = Buffer.from([4, ...Array(64).keys()]).toString("base64url");
const GENERAL = { conversation_id: "general", tag: "general" };

/**
 * Delivers pushes to the service worker of a page, as its push service would.
 * @param {Page} page
 * @param {string} origin
 */
async function pushService(page, origin) {
  const cdp = await page.context().newCDPSession(page);
  /** @type {Promise<string>} */
  const registered = new Promise((resolve) => {
    cdp.on("ServiceWorker.workerRegistrationUpdated", ({ registrations }) => {
      const [first] = registrations;
      if (first) resolve(first.registrationId);
    });
  });
  await cdp.send("ServiceWorker.enable");
  const registrationId = await registered;
  return async (/** @type {object | string} */ push) => {
    const data = typeof push === "string" ? push : JSON.stringify(push);
    await cdp.send("ServiceWorker.deliverPushMessage", { origin, registrationId, data });
  };
}

/**
 * A browser whose push service takes every subscription. Headless Chromium has none.
 * @param {BrowserContext} context
 */
async function withSubscriptions(context) {
  await context.addInitScript(() => {
    const KEPT = "test-subscription";
    const of = (/** @type {string} */ key) => ({
      options: {
        applicationServerKey: Uint8Array.from(atob(key), (it) => it.charCodeAt(0)).buffer,
      },
      toJSON: () => ({ endpoint: `https://push.test/${key}`, keys: { p256dh: "p", auth: "a" } }),
      unsubscribe: async () => localStorage.removeItem(KEPT),
    });
    const prototype = /** @type {any} */ (PushManager.prototype);
    prototype.getSubscription = async () => {
      const key = localStorage.getItem(KEPT);
      return key && of(key);
    };
    prototype.subscribe = async (/** @type {any} */ { applicationServerKey }) => {
      const key = btoa(String.fromCharCode(...applicationServerKey));
      localStorage.setItem(KEPT, key);
      return of(key);
    };
  });
}

test("a push service that fails is said in words, and asked again", { skip }, async (t) => {
  const { service, visit, complaints } = await stage(t, { webPushKey: KEY });
  const page = await visit(WITH_WORKER);
  await withSubscriptions(page.context());
  await page.addInitScript(() => {
    const { subscribe } = PushManager.prototype;
    PushManager.prototype.subscribe = async () => {
      PushManager.prototype.subscribe = subscribe;
      throw new Error("The push service is away.");
    };
  });
  await page.reload();
  const alice = await signInAt(page, "alice");

  await turnOn(alice);
  await alice.getByRole("button", { name: "Notifications in this browser" }).click();
  await alice.getByText("there are no notifications: The push service is away.").waitFor();
  const found = await barriers(alice);
  await alice.getByRole("button", { name: "Try again" }).click();
  await alice.getByText("The push service is away.").waitFor({ state: "detached" });
  await alice.getByRole("button", { name: "Try again" }).waitFor({ state: "hidden" });

  assert.equal(service.devices.size, 1);
  assert.deepEqual([found, complaints], [[], []]);
});

test("a push shows a notification, and another one takes it back", { skip }, async (t) => {
  const { server, notified, complaints } = await stage(t);
  const alice = await notified("alice");
  const deliver = await pushService(alice, server.page);
  const other = { conversation_id: "group-1", tag: "group-1", title: "Summer plans" };

  await deliver({ type: "message", seq: 4, ...other, sender_name: "bob" });
  await browserShows(alice, ["Summer plans: bob sent a message"]);
  await deliver({
    type: "message",
    seq: 6,
    ...other,
    sender_name: "bob",
    body: "**Hello**",
    count: 3,
  });
  await browserShows(alice, ["Summer plans: bob: Hello\n3 new messages"]);
  await deliver({ type: "read", conversation_id: "group-1", up_to_seq: 5 });
  await deliver("no JSON");
  await browserShows(alice, ["New message: ", "Summer plans: bob: Hello\n3 new messages"]);
  await deliver({ type: "read", conversation_id: "group-1", up_to_seq: 6 });

  await browserShows(alice, ["New message: "]);
  assert.deepEqual(complaints, []);
});

test("a push for the conversation on screen shows nothing", { skip }, async (t) => {
  const { server, notified } = await stage(t);
  const alice = await notified("alice");
  await alice.getByRole("log").getByText("Out of the tunnel!").waitFor();
  const deliver = await pushService(alice, server.page);

  await deliver({ type: "message", seq: 14, ...GENERAL, title: "general", sender_name: "carol" });
  await deliver({ type: "message", seq: 4, conversation_id: "group-1", title: "Plans", body: "x" });

  await browserShows(alice, ["Plans: x"]);
});

test(
  "a click on a notification leads to its message in the window that is open",
  { skip },
  async (t) => {
    const { service, server, notified } = await stage(t);
    filled(service, "group-1", 300, 100);
    const alice = await notified("alice");
    const deliver = await pushService(alice, server.page);
    await deliver({
      type: "message",
      seq: 300,
      conversation_id: "group-1",
      title: "Plans",
      body: "x",
    });
    await browserShows(alice, ["Plans: x"]);

    const [worker] = alice.context().serviceWorkers();
    await worker?.evaluate(async () => {
      const scope = /** @type {any} */ (globalThis);
      const [notification] = await scope.registration.getNotifications();
      scope.dispatchEvent(new scope.NotificationEvent("notificationclick", { notification }));
    });

    await alice.getByRole("heading", { name: "Summer plans" }).waitFor();
    await alice.locator(".pointed-out").getByText("number 300", { exact: true }).waitFor();
    await browserShows(alice, []);
  },
);

test(
  "the browser is pushed to from turning notifications on until turning them off or signing out",
  { skip },
  async (t) => {
    const { service, server, browser } = await stage(t, { webPushKey: KEY });
    const context = await browser.newContext(WITH_WORKER);
    await withSubscriptions(context);
    const alice = await context.newPage();
    await alice.goto(server.page);
    await signInAt(alice, "alice");
    const has = async (/** @type {number} */ count) => {
      while (service.devices.size !== count) await alice.evaluate(() => 0);
    };

    await turnOn(alice);
    await has(1);
    await alice.reload();
    await alice.getByRole("button", { name: /^general/ }).waitFor();
    await alice.getByRole("button", { name: "Notifications in this browser" }).click();
    await alice.getByRole("button", { name: "Turn off" }).click();
    await has(0);
    await alice.getByRole("button", { name: "Turn on notifications" }).click();
    await has(1);
    await alice.getByRole("button", { name: "Sign out" }).click();
    await alice.getByRole("button", { name: "Here", exact: true }).click();
    await alice.getByLabel("Password").waitFor();

    await has(0);
    assert.equal(await alice.evaluate(() => localStorage.getItem("test-subscription")), null);
  },
);

test("a subscription made with another key is replaced", { skip }, async (t) => {
  const { service, server, browser } = await stage(t, { webPushKey: KEY });
  const context = await browser.newContext(WITH_WORKER);
  await withSubscriptions(context);
  const alice = await context.newPage();
  await alice.goto(server.page);
  await alice.evaluate(() => localStorage.setItem("test-subscription", btoa("another key")));
  await signInAt(alice, "alice");

  await turnOn(alice);
  while (service.devices.size === 0) await alice.evaluate(() => 0);

  const [device] = service.devices.keys();
  assert.equal(
    device,
    `device of https://push.test/${Buffer.from(KEY, "base64url").toString("base64")}`,
  );
});

test(
  "without a push service, notifications work while the web app is open",
  { skip },
  async (t) => {
    const { signIn } = await stage(t, { webPushKey: KEY });
    const alice = await signIn("alice", WITH_WORKER);
    await alice.evaluate(async () => (await navigator.serviceWorker.ready).active);

    await alice.getByRole("button", { name: "Notifications in this browser" }).click();
    await alice.getByRole("button", { name: "Turn on notifications" }).click();

    await alice.getByText("While Parley is closed there are no notifications").waitFor();
    await alice.getByText("Notifications are on").waitFor();
  },
);

test("a push is worded in the language of the person", { skip }, async (t) => {
  const { server, visit } = await stage(t);
  const alice = await visit({ ...WITH_WORKER, locale: "de-DE" });
  await alice.waitForFunction(async () => {
    const { active } = await navigator.serviceWorker.ready;
    return active && (await caches.match("https://notes.invalid/words"));
  });
  const deliver = await pushService(alice, server.page);
  const push = { type: "message", seq: 4, title: "Summer plans", sender_name: "bob" };

  await deliver({ ...push, conversation_id: "group-1", tag: "group-1" });

  await browserShows(alice, ["Summer plans: bob hat eine Nachricht gesendet"]);
});
