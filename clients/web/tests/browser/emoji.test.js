import assert from "node:assert/strict";
import { test } from "node:test";

import { PHONE, barriers, missing } from "../support/chromium.js";
import { open, row } from "../support/messages.js";
import { stage } from "./browser.js";

/** @import { Page } from "playwright-core" */

const skip = missing;

/** @param {Page} page */
function field(page) {
  return page.getByLabel("Message", { exact: true });
}

/** @param {Page} page */
function picker(page) {
  return page.getByRole("dialog", { name: "Emoji", exact: true });
}

/** @param {Page} page */
async function openPicker(page) {
  await page.getByRole("button", { name: "Emoji", exact: true }).click();
  await picker(page).getByRole("button", { name: "grinning face", exact: true }).waitFor();
}

test(
  "an emoji from the picker comes where the caret is, and is at hand the next time",
  { skip },
  async (t) => {
    const { signIn, complaints } = await stage(t);
    const alice = await signIn("alice");
    await field(alice).fill("one two");
    await field(alice).press("Home");
    await openPicker(alice);

    await alice.keyboard.type("otter");
    await picker(alice).getByRole("button", { name: "otter" }).waitFor();
    const foundBarriers = await barriers(alice);
    await alice.keyboard.press("Enter");
    const text = await field(alice).inputValue();
    const isFocused = await field(alice).evaluate((it) => it === document.activeElement);
    await openPicker(alice);
    const last = picker(alice).getByRole("group", { name: "Used last" });

    assert.deepEqual([text, isFocused, foundBarriers], ["🦦one two", true, []]);
    assert.equal(await last.getByRole("button").first().innerText(), "🦦");
    assert.deepEqual([await barriers(alice), complaints], [[], []]);
  },
);

test("the picker is used by the keyboard alone, and Escape leads back", { skip }, async (t) => {
  const { signIn } = await stage(t);
  const alice = await signIn("alice");
  await openPicker(alice);
  const name = () => alice.evaluate(() => document.activeElement?.getAttribute("aria-label"));

  await alice.keyboard.press("ArrowDown");
  const first = await name();
  await alice.keyboard.press("ArrowRight");
  await alice.keyboard.press("ArrowDown");
  const [lower] = [await name()];
  await alice.keyboard.press("ArrowUp");
  await alice.keyboard.press("ArrowLeft");
  await alice.keyboard.press("ArrowUp");
  const above = await name();
  await alice.keyboard.press("Escape");
  await picker(alice).waitFor({ state: "hidden" });

  assert.equal(first, "grinning face");
  assert.notEqual(lower, first);
  assert.equal(above, "Search emoji");
  assert.equal(await alice.evaluate(() => document.activeElement?.id), "pick-emoji");
});

test("any emoji can be a reaction, with the tone of skin that was chosen", { skip }, async (t) => {
  const { signIn } = await stage(t);
  const alice = await signIn("alice");
  await open(alice, "Out of the tunnel");
  await alice.getByRole("button", { name: "React with another emoji" }).click();
  await picker(alice).getByRole("button", { name: "grinning face", exact: true }).waitFor();

  await picker(alice).getByLabel("Colour of the skin").selectOption("3");
  await picker(alice).getByLabel("Search emoji").fill("wave");
  await picker(alice).getByRole("button", { name: "waving hand" }).click();

  await row(alice, "Out of the tunnel").getByRole("button", { name: "👋🏽: you" }).waitFor();
});

test("a short name in colons becomes an emoji, and a smiley stays", { skip }, async (t) => {
  const { signIn } = await stage(t);
  const alice = await signIn("alice");
  const suggestions = alice.getByRole("listbox", { name: "Suggestions" });

  await field(alice).pressSequentially("well :tad");
  await suggestions.getByRole("option", { name: "🎉 :tada:" }).waitFor();
  await alice.keyboard.press("Enter");
  const completed = await field(alice).inputValue();
  await field(alice).pressSequentially(":D @bo");
  await suggestions.getByRole("option", { name: "@bob" }).waitFor();
  await alice.keyboard.press("Tab");

  assert.equal(completed, "well 🎉 ");
  assert.equal(await field(alice).inputValue(), "well 🎉 :D @bob ");
});

test("a name between two colons is an emoji at once, and Enter sends it", { skip }, async (t) => {
  const { signIn } = await stage(t);
  const alice = await signIn("alice");

  await field(alice).pressSequentially("well done :tada:");
  await alice.waitForFunction(() => {
    const field = document.querySelector("#composer-text");
    return field instanceof HTMLTextAreaElement && field.value === "well done 🎉";
  });
  await alice.keyboard.press("Enter");

  await alice.getByRole("log").getByText("well done 🎉").waitFor();
});

test("what the caret has left is completed no more", { skip }, async (t) => {
  const { signIn } = await stage(t);
  const alice = await signIn("alice");
  const suggestions = alice.getByRole("listbox", { name: "Suggestions" });
  await field(alice).pressSequentially("ask @bo");
  await suggestions.getByRole("option", { name: "@bob" }).waitFor();

  await alice.keyboard.press("Home");
  await suggestions.waitFor({ state: "hidden" });
  await alice.keyboard.press("Enter");

  await alice.getByRole("log").getByText("ask @bo", { exact: true }).waitFor();
});

test("emoji that cannot be loaded say so, and are asked for again", { skip }, async (t) => {
  const { signIn } = await stage(t);
  const alice = await signIn("alice");
  await alice.route("**/assets/data-*.js", (route) => route.abort());
  await alice.getByRole("button", { name: "Emoji", exact: true }).click();
  await picker(alice).getByText("The emoji could not be loaded.").waitFor();
  await alice.unroute("**/assets/data-*.js");

  await picker(alice).getByRole("button", { name: "Try again" }).click();

  await picker(alice).getByRole("button", { name: "grinning face", exact: true }).waitFor();
});

test("on a phone the picker is inside of the screen", { skip }, async (t) => {
  const { signIn } = await stage(t);
  const alice = await signIn("alice", PHONE);
  await alice.getByRole("button", { name: /^general/ }).click();
  await openPicker(alice);

  const box = await picker(alice).boundingBox();

  assert.ok(box && box.x >= 0 && box.y >= 0, JSON.stringify(box));
  assert.ok(box.x + box.width <= 390 && box.y + box.height <= 844, JSON.stringify(box));
  assert.deepEqual(await barriers(alice), []);
});
