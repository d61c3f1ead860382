import assert from "node:assert/strict";
import { test } from "node:test";

import { missing, write } from "../support/chromium.js";
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

test("of two thousand rows only those that changed are rendered again", { skip }, async (t) => {
  const { service, signIn } = await stage(t);
  filled(service, "general", MANY);
  const alice = await signIn("alice");
  const bob = await signIn("bob");
  const beginning = alice.getByText("The conversation begins here.");
  while (!(await beginning.isVisible())) {
    await alice.getByRole("log").evaluate((box) => (box.scrollTop = 0));
  }
  await alice.getByRole("button", { name: "Latest messages" }).click();
  assert.equal(await alice.locator(".message").count(), MANY);
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

  const neighbour = "a first one";
  assert.deepEqual(received, {
    added: [neighbour, "a second one"],
    removed: [neighbour],
    others: 0,
  });
  assert.deepEqual(read, { added: ["an answer"], removed: ["an answer"], others: 0 });
});

test("any list of rows becomes any other, and moving one row is one move", { skip }, async (t) => {
  const { visit } = await stage(t);
  const page = await visit();

  const found = await page.evaluate(async () => {
    /** @type {typeof import("../../page/dom.js")} */
    const { arrange } = await import(new URL("page/dom.js", location.href).href);
    const nodes = Array.from({ length: 7 }, () => document.createElement("li"));
    const list = document.createElement("ul");
    let seed = 7;
    const dice = () => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647;
    const some = () =>
      nodes
        .filter(() => dice() < 0.6)
        .map((node) => ({ node, place: dice() }))
        .sort((a, b) => a.place - b.place)
        .map(({ node }) => node);
    let wrong = 0;
    for (let round = 0; round < 2_000; round++) {
      const wanted = some();
      arrange(list, wanted);
      if (wanted.some((node, index) => list.children[index] !== node)) wrong++;
      if (list.children.length !== wanted.length) wrong++;
    }
    arrange(list, nodes);
    const watch = new MutationObserver(() => {});
    watch.observe(list, { childList: true });
    const [middle, ...others] = [nodes[3], ...nodes.slice(0, 3), ...nodes.slice(4)];
    arrange(list, others);
    const removing = watch.takeRecords().length;
    if (middle) arrange(list, nodes);
    return { wrong, removing, adding: watch.takeRecords().length };
  });

  assert.deepEqual(found, { wrong: 0, removing: 1, adding: 1 });
});
