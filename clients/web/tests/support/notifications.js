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
  await page.getByRole("button", { name: "Notifications in this browser" }).click();
  await page.getByRole("button", { name: "Turn on notifications" }).click();
  await page.getByText("Notifications are on").waitFor();
  await page.locator("#notifications [data-close]").click();
  await page.evaluate(async () => (await navigator.serviceWorker.ready).active);
}

/**
 * The notifications that the browser shows, as `title: body`.
 * @param {Page} page
 * @returns {Promise<string[]>}
 */
export function shown(page) {
  return page.evaluate(async () => {
    const { getNotifications } = ServiceWorkerRegistration.prototype;
    const all = await getNotifications.call(await navigator.serviceWorker.ready);
    return all.map(({ title, body }) => `${title}: ${body}`);
  });
}

/**
 * Waits until the browser shows these notifications and no others.
 * @param {Page} page
 * @param {string[]} wanted
 */
export async function shows(page, wanted) {
  const deadline = performance.now() + 20_000;
  let found = await shown(page);
  while (found.join() !== wanted.join() && performance.now() < deadline) found = await shown(page);
  assert.deepEqual(found, wanted);
}
