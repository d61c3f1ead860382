import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { test } from "node:test";

import { DESKTOP, PHONE, barriers, missing } from "../support/chromium.js";
import { stage } from "./browser.js";

/** @import { Page } from "playwright-core" */

const skip = missing;
/** So short that a test need not wait, and long enough for a page to come back. */
const OFFLINE_SECONDS = 2;
const SHOTS = new URL("../../../../test-results/browser/", import.meta.url);

test("the list of members says in words and by a dot who is online", { skip }, async (t) => {
  const { signIn } = await stage(t, { offlineSeconds: 0 });
  const alice = await signIn("alice");
  await openPeople(alice);
  await statusOf(alice, "carol", "Offline");

  const carol = await signIn("carol");
  await statusOf(alice, "carol", "Online");
  await alice.locator(".member .presence.online + .member-lines", { hasText: "carol" }).waitFor();

  await carol.close();
  await statusOf(alice, "carol", "Last seen just now");
});

test("a direct conversation shows in the list whether the other is online", { skip }, async (t) => {
  const { signIn } = await stage(t, { offlineSeconds: 0 });
  const alice = await signIn("alice");
  const item = alice.getByRole("button", { name: /^carol/ });
  await alice.getByRole("button", { name: /^carol Offline/ }).waitFor();

  const carol = await signIn("carol");
  await alice.getByRole("button", { name: /^carol Online/ }).waitFor();
  assert.equal(await item.locator(".presence.online").count(), 1);

  await item.click();
  await alice.locator("#room-people", { hasText: "Online" }).waitFor();
  await carol.close();
  await alice.locator("#room-people", { hasText: "Last seen just now" }).waitFor();
});

test(
  "nothing flickers while a connection is renewed, one's own or another's",
  { skip },
  async (t) => {
    const { service, signIn } = await stage(t, { offlineSeconds: OFFLINE_SECONDS });
    const alice = await signIn("alice");
    await signIn("carol");
    await openPeople(alice);
    await statusOf(alice, "carol", "Online");
    await noteChanges(alice);

    for (const connection of [...service.connections]) connection.close();
    await alice.locator("#banner", { hasText: /online|connected/i }).waitFor({ state: "hidden" });
    await alice.waitForFunction(
      (many) => performance.now() - /** @type {any} */ (window).notedAt > many,
      (OFFLINE_SECONDS + 1) * 1000,
    );

    assert.deepEqual(await alice.evaluate(() => /** @type {any} */ (window).noted), []);
    await statusOf(alice, "carol", "Online");
  },
);

test("in a big room only the number of those who are online is shown", { skip }, async (t) => {
  const { signIn } = await stage(t, { bigRoom: 2 });
  const alice = await signIn("alice");
  await alice.getByRole("button", { name: /^general/ }).click();

  await alice.locator("#room-people", { hasText: "3 people, 1 online" }).waitFor();
});

for (const [name, look] of /** @type {const} */ ([
  ["desktop", { ...DESKTOP, colorScheme: "light" }],
  ["desktop-dark", { ...DESKTOP, colorScheme: "dark" }],
  ["phone", { ...PHONE, colorScheme: "light" }],
])) {
  test(`axe finds nothing about who is online on a ${name}`, { skip }, async (t) => {
    const { signIn } = await stage(t, { offlineSeconds: 0 });
    const alice = await signIn("alice", look);
    const bob = await signIn("bob");
    const carol = await signIn("carol");
    await alice.getByRole("button", { name: /^general/ }).click();
    await openPeople(alice);
    await statusOf(alice, "bob", "Online");
    await bob.close();
    await statusOf(alice, "bob", "Last seen just now");
    await carol.bringToFront();
    await mkdir(SHOTS, { recursive: true });
    await alice.screenshot({ path: new URL(`presence-${name}.png`, SHOTS).pathname });

    assert.deepEqual(await barriers(alice), []);
  });
}

/** @param {Page} page */
async function openPeople(page) {
  await page.getByRole("button", { name: "People" }).click();
}

/**
 * @param {Page} page
 * @param {string} name
 * @param {string} status
 */
async function statusOf(page, name, status) {
  const member = page.locator(".member", { hasText: name });
  await member.getByText(status, { exact: true }).waitFor();
}

/**
 * Notes each change of what is said of members.
 * @param {Page} page
 */
async function noteChanges(page) {
  await page.evaluate(() => {
    const it = /** @type {any} */ (window);
    const list = /** @type {HTMLElement} */ (document.getElementById("member-list"));
    const look = () => list.innerText;
    let before = look();
    [it.noted, it.notedAt] = [[], performance.now()];
    new MutationObserver(() => {
      if (look() !== before) it.noted.push((before = look()));
    }).observe(list, { childList: true, subtree: true, characterData: true });
  });
}
