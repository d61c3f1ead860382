import assert from "node:assert/strict";

import { DESKTOP } from "./chromium.js";

/** @import { BrowserContextOptions, Page } from "playwright-core" */

/** @type {BrowserContextOptions} */
export const WITH_WORKER = {
  ...DESKTOP,
  ...{ serviceWorkers: "allow", permissions: ["notifications"] },
};

/** @param {Page} page */
export async function turnOn(page) {
  await record(page);
  await page.getByRole("button", { name: "Notifications in this browser" }).click();
  await page.getByRole("button", { name: "Turn on notifications" }).click();
  await page.getByText("Notifications are on").waitFor();
  await page.locator("#notifications [data-close]").click();
  await page.evaluate(async () => (await navigator.serviceWorker.ready).active);
}

/**
 * Notes what the page shows and closes, for all tabs of the browser. Chromium is not asked for it:
 * if it is asked for its notifications while it begins to show one, it forgets that one.
 * @param {Page} page
 */
export async function record(page) {
  await page.evaluate(() => {
    const note = (/** @type {string} */ tag, /** @type {string | undefined} */ text) => {
      const kept = JSON.parse(localStorage.getItem("test-notes") ?? '{"shown":{},"times":0}');
      if (text !== undefined) kept.times++;
      kept.shown = { ...kept.shown, [tag]: text };
      localStorage.setItem("test-notes", JSON.stringify(kept));
    };
    const { showNotification } = ServiceWorkerRegistration.prototype;
    ServiceWorkerRegistration.prototype.showNotification = async function (title, options) {
      await showNotification.call(this, title, options);
      note(options?.tag ?? "", `${title}: ${options?.body}`);
    };
    const { close } = Notification.prototype;
    Notification.prototype.close = function () {
      note(this.tag, undefined);
      close.call(this);
    };
  });
}

/**
 * How many notifications the page has shown, and those that it shows, as `title: body`.
 * @param {Page} page
 * @returns {Promise<{ times: number, texts: string[] }>}
 */
export function shown(page) {
  return page.evaluate(() => {
    const { times, shown } = JSON.parse(
      localStorage.getItem("test-notes") ?? '{"shown":{},"times":0}',
    );
    return { times, texts: Object.values(shown) };
  });
}

/**
 * Waits until the page shows these notifications and no others.
 * @param {Page} page
 * @param {string[]} wanted
 */
export async function shows(page, wanted) {
  await until(async () => (await shown(page)).texts, wanted);
}

/**
 * Waits until the browser shows these notifications, of the page or of the service worker.
 * @param {Page} page
 * @param {string[]} wanted
 */
export async function browserShows(page, wanted) {
  await until(() => ofBrowser(page), wanted);
}

/**
 * @param {Page} page
 * @returns {Promise<string[]>}
 */
async function ofBrowser(page) {
  // Asked for too often, Chromium forgets what it is about to show.
  await page.waitForTimeout(400);
  return page.evaluate(async () => {
    const all = await (await navigator.serviceWorker.ready).getNotifications();
    return all.map(({ title, body }) => `${title}: ${body}`);
  });
}

/**
 * @param {() => Promise<string[]>} look
 * @param {string[]} wanted
 */
async function until(look, wanted) {
  const deadline = performance.now() + 20_000;
  let found = await look();
  while (found.join() !== wanted.join() && performance.now() < deadline) found = await look();
  assert.deepEqual(found, wanted);
}
