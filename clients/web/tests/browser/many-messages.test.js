import assert from "node:assert/strict";
import { test } from "node:test";

import { barriers, missing, write } from "../support/chromium.js";
import { readThrough, row } from "../support/messages.js";
import { filled, stage } from "./browser.js";

/** @import { Page } from "playwright-core" */

const skip = missing;
const MANY = 2_000;

/**
 * The rows that come and go in the list of messages from now on.
 * @param {Page} page
 */
async function watchRows(page) {
  const changes = await page.evaluateHandle(() => {
    /** @type {{ added: string[], removed: string[], others: number }} */
    const changes = { added: [], removed: [], others: 0 };
    const list = /** @type {HTMLElement} */ (document.getElementById("messages"));
    const words = (/** @type {Node} */ row) =>
      /** @type {Element} */ (row).querySelector(".content, h3")?.textContent ?? "";
    const watch = new MutationObserver((records) => {
      for (const { target, addedNodes, removedNodes } of records) {
        if (target !== list) changes.others++;
        else {
          changes.added.push(...[...addedNodes].map(words));
          changes.removed.push(...[...removedNodes].map(words));
        }
      }
    });
    const everything = { childList: true, subtree: true, attributes: true, characterData: true };
    watch.observe(list, everything);
    return changes;
  });
  return async () => {
    const { added, removed, others } = await changes.jsonValue();
    return { added: added.sort(), removed: removed.sort(), others };
  };
}

/**
 * Loads everything, down from the beginning.
 * @param {Page} page
 */
async function loadAll(page) {
  const beginning = page.getByText("The conversation begins here.");
  while (!(await beginning.isVisible())) {
    await page.locator("#scroller").evaluate((box) => (box.scrollTop = 0));
  }
}

/**
 * @param {Page} page
 * @param {number} by
 */
async function scroll(page, by) {
  await page.locator("#scroller").evaluate(async (box, by) => {
    const frame = () => new Promise((done) => requestAnimationFrame(done));
    for (let left = Math.abs(by); left > 0; left -= 400) {
      box.scrollTop += Math.sign(by) * Math.min(400, left);
      await frame();
    }
  }, by);
}

test(
  "of two thousand messages only those around the view are in the document",
  { skip },
  async (t) => {
    const { service, signIn, complaints } = await stage(t);
    filled(service, "general", MANY);
    const alice = await signIn("alice");
    await loadAll(alice);

    const { contents, most } = await readThrough(alice);

    assert.deepEqual(
      contents.slice(-1_986),
      Array.from({ length: 1_986 }, (_, index) => `number ${index + 15}`),
    );
    assert.equal(contents.length, MANY);
    assert.ok(most < 150, `${most} rows`);
    assert.deepEqual(complaints, []);
  },
);

test("of two thousand rows only those that changed are rendered again", { skip }, async (t) => {
  const { service, signIn } = await stage(t);
  filled(service, "general", MANY);
  const alice = await signIn("alice");
  const bob = await signIn("bob");
  await loadAll(alice);
  await alice.getByRole("button", { name: "Latest messages" }).click();
  await write(bob, "a first one");
  await alice.getByRole("log").getByText("a first one").waitFor();

  const ofMessage = await watchRows(alice);
  await write(bob, "a second one");
  await alice.getByRole("log").getByText("a second one").waitFor();
  const received = await ofMessage();
  await bob.getByRole("button", { name: /^Summer plans/ }).click();
  await write(alice, "an answer");
  await alice.locator(".own.stored").getByText("an answer").waitFor();
  const ofReceipt = await watchRows(alice);
  await bob.getByRole("button", { name: /^general/ }).click();
  await alice.locator(".own.read").getByText("an answer").waitFor();
  const read = await ofReceipt();

  const around = (/** @type {string[]} */ rows) => rows.filter((it) => !/^(number.*|)$/.test(it));
  assert.deepEqual(around(received.added), ["a second one"]);
  assert.deepEqual(around(received.removed), []);
  assert.ok(received.removed.length < 6, `${received.removed}`);
  // The end of the run moves on from the neighbour, with its picture.
  assert.ok(received.others < 10, `${received.others}`);
  assert.deepEqual([around(read.added), around(read.removed)], [[], []]);
  assert.ok(read.others < 10, `${read.others}`);
});

test("a row with the focus stays, and the arrow keys lead on from it", { skip }, async (t) => {
  const { service, signIn } = await stage(t);
  filled(service, "general", 400);
  const alice = await signIn("alice");
  await row(alice, "number 400").locator(".actions").focus();
  await scroll(alice, -6_000);
  assert.equal(await alice.getByText("number 398", { exact: true }).count(), 0);
  const stayed = await alice.locator(":focus").evaluate((it) => it.closest("li")?.textContent);

  await alice.keyboard.press("ArrowUp");

  const text = await alice.locator(":focus").evaluate((it) => it.closest("li")?.textContent);
  assert.match(stayed ?? "", /number 400/);
  assert.match(text ?? "", /number 399/);
});

test("text that is selected stays selected while one scrolls away", { skip }, async (t) => {
  const { service, signIn } = await stage(t);
  filled(service, "general", 400);
  const alice = await signIn("alice");
  await row(alice, "number 399").locator(".content").click({ clickCount: 3 });
  const selected = () => alice.evaluate(() => document.getSelection()?.toString().trim());
  assert.equal(await selected(), "number 399");

  await scroll(alice, -6_000);

  assert.equal(await alice.getByText("number 390", { exact: true }).count(), 0);
  assert.equal(await selected(), "number 399");
});

test("text that is selected stays selected while its message changes", { skip }, async (t) => {
  const { signIn } = await stage(t);
  const [alice, bob] = [await signIn("alice"), await signIn("bob")];
  await bob.getByRole("button", { name: /^Summer plans/ }).click();
  await write(alice, "to be selected");
  await alice.locator(".own.stored").getByText("to be selected").waitFor();
  await row(alice, "to be selected").locator(".content").click({ clickCount: 3 });

  await bob.getByRole("button", { name: /^general/ }).click();
  await alice.locator(".own.read").getByText("to be selected").waitFor();

  const selected = await alice.evaluate(() => document.getSelection()?.toString().trim());
  assert.equal(selected, "to be selected");
});

test("a link to a message far back shows it among its neighbours", { skip }, async (t) => {
  const { service, server, signIn } = await stage(t);
  filled(service, "general", 600);
  const alice = await signIn("alice");

  await alice.goto(`${server.page}#/general/${encodeURIComponent("general:200")}`);

  await alice.locator(".pointed-out").getByText("number 200", { exact: true }).waitFor();
  assert.ok(await alice.getByText("number 200", { exact: true }).isVisible());
  assert.ok(await alice.getByText("number 201", { exact: true }).isVisible());
  await alice.locator(".pointed-out").waitFor({ state: "detached" });
});

test("with many messages the page is accessible where one has scrolled to", { skip }, async (t) => {
  const { service, signIn } = await stage(t);
  filled(service, "general", 400);
  const alice = await signIn("alice");
  await scroll(alice, -5_000);

  assert.deepEqual(await barriers(alice), []);
});
