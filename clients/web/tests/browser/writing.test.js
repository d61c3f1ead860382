import assert from "node:assert/strict";
import { test } from "node:test";

import { PHONE, missing, write } from "../support/chromium.js";
import { stage } from "./browser.js";

/** @import { Page } from "playwright-core" */

const skip = missing;

/** @param {Page} page */
function field(page) {
  return page.getByLabel("Message", { exact: true });
}

/**
 * Presses Enter as a browser reports it, and says whether the page took it for its own.
 * @param {Page} page
 * @param {{ isComposing?: boolean, keyCode: number }} how
 */
function pressEnter(page, how) {
  return field(page).evaluate((box, how) => {
    const options = { key: "Enter", bubbles: true, cancelable: true, ...how };
    return !box.dispatchEvent(new KeyboardEvent("keydown", options));
  }, how);
}

test(
  "Enter that ends a composition sends nothing, however a browser reports it",
  { skip },
  async (t) => {
    const { signIn } = await stage(t);
    const alice = await signIn("alice");
    await field(alice).fill("にほん");

    const taken = [
      await pressEnter(alice, { isComposing: true, keyCode: 229 }),
      await pressEnter(alice, { isComposing: true, keyCode: 13 }),
      await pressEnter(alice, { isComposing: false, keyCode: 229 }),
    ];
    const text = await field(alice).inputValue();
    const takenAtLast = await pressEnter(alice, { keyCode: 13 });

    assert.deepEqual([taken, text, takenAtLast], [[false, false, false], "にほん", true]);
    await alice.locator(".own.stored, .own.read").last().getByText("にほん").waitFor();
  },
);

test("on a touch screen Enter begins a new line, and the button sends", { skip }, async (t) => {
  const { signIn } = await stage(t);
  const alice = await signIn("alice", PHONE);
  await alice.getByRole("button", { name: /^general/ }).click();

  await field(alice).pressSequentially("one\ntwo");
  const text = await field(alice).inputValue();
  await alice.getByRole("button", { name: "Send", exact: true }).click();

  assert.equal(text, "one\ntwo");
  await alice.locator(".own.stored, .own.read").last().getByText("one\ntwo").waitFor();
});

test("a screen reader announces every message, also two equal ones", { skip }, async (t) => {
  const { signIn } = await stage(t);
  const alice = await signIn("alice");
  const bob = await signIn("bob");
  await alice.getByRole("log").getByText("Out of the tunnel!").waitFor();
  const said = await alice.evaluateHandle(() => {
    /** @type {string[]} */
    const said = [];
    const region = /** @type {HTMLElement} */ (document.getElementById("announcer"));
    const watch = new MutationObserver((changes) => {
      for (const { addedNodes } of changes)
        for (const node of addedNodes) said.push(node.textContent ?? "");
    });
    watch.observe(region, { childList: true, subtree: true, characterData: true });
    return said;
  });

  for (let time = 0; time < 3; time++) await write(bob, "ok");
  await alice.getByRole("log").getByText("ok", { exact: true }).nth(2).waitFor();

  assert.deepEqual(await said.jsonValue(), ["bob: ok", "bob: ok", "bob: ok"]);
});
