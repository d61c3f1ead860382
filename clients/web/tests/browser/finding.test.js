import assert from "node:assert/strict";
import { test } from "node:test";

import { PHONE, barriers, missing } from "../support/chromium.js";
import { row, said } from "../support/messages.js";
import { filled, stage } from "./browser.js";

/** @import { Page } from "playwright-core" */

const skip = missing;
const DAY = 86_400_000;

/** @param {Page} page */
function panel(page) {
  return page.getByRole("complementary", { name: "Search in this conversation" });
}

/**
 * @param {Page} page
 * @param {string} text
 */
async function search(page, text) {
  if (await panel(page).isHidden())
    await page.getByRole("button", { name: "Search in this conversation" }).click();
  await panel(page).getByLabel("Text to search for").fill(text);
  await page.keyboard.press("Enter");
}

/** @param {Page} page */
function results(page) {
  return panel(page).getByRole("list", { name: "Messages found" }).getByRole("button");
}

/** @param {Page} page */
function markedTexts(page) {
  return page.evaluate(() => {
    const ranges = [...(CSS.highlights.get("found") ?? [])];
    return ranges.map((range) => /** @type {Range} */ (range).toString());
  });
}

/** @param {Page} page */
function focused(page) {
  return page.evaluate(() => document.activeElement?.textContent?.trim());
}

test("a search shows what was found, newest first, and leads there", { skip }, async (t) => {
  const { signIn, complaints } = await stage(t);
  const alice = await signIn("alice");

  await search(alice, "THE TRAIN");
  await panel(alice).getByText("1 message found").waitFor();
  await search(alice, "it");
  await panel(alice).getByText("7 messages found").waitFor();
  const texts = await results(alice).locator(".result-text").allTextContents();
  const marks = await results(alice).first().locator("mark").allTextContents();
  await results(alice).last().click();
  await alice.locator(".pointed-out").getByText("it has a window now").waitFor();

  assert.match(texts[0] ?? "", /^Then we are ready/);
  assert.deepEqual(marks, ["it"]);
  assert.deepEqual(await markedTexts(alice), ["it"]);
  assert.deepEqual([await barriers(alice), complaints], [[], []]);
});

test("a search is used by the keyboard alone", { skip }, async (t) => {
  const { signIn } = await stage(t);
  const alice = await signIn("alice");
  await said(alice, "Luxury.").waitFor();

  await alice.getByLabel("Message", { exact: true }).focus();
  await alice.keyboard.press("Control+f");
  await alice.keyboard.type("it");
  await alice.keyboard.press("Enter");
  await panel(alice).getByText("7 messages found").waitFor();
  await alice.keyboard.press("ArrowDown");
  const first = await focused(alice);
  await alice.keyboard.press("End");
  await alice.keyboard.press("ArrowUp");
  await alice.keyboard.press("Enter");
  await alice.locator(".pointed-out").waitFor();
  await alice.keyboard.press("Escape");
  await panel(alice).waitFor({ state: "hidden" });

  assert.match(first ?? "", /Then we are ready/);
  assert.deepEqual(await markedTexts(alice), []);
});

test("hits that are far away are shown without all that lies between", { skip }, async (t) => {
  const { service, signIn } = await stage(t);
  const { messages } = filled(service, "general", 3000);
  const old = messages.get(700);
  messages.set(700, { ...old, content: `The **needle** is here. ${"and more\n".repeat(40)}` });
  const alice = await signIn("alice");

  await search(alice, "needle");
  await results(alice).getByText("needle").click();
  await alice.locator(".pointed-out").getByText("needle").waitFor();
  const shown = await alice.locator(".message").count();
  const marked = await markedTexts(alice);
  await alice.getByRole("button", { name: "Latest messages" }).click();
  await said(alice, "number 3000").waitFor();

  assert.deepEqual(marked, ["needle"]);
  assert.ok(shown < 250, `${shown} messages`);
});

test("what was found changes with the messages, and the deleted goes", { skip }, async (t) => {
  const { signIn, service } = await stage(t);
  const alice = await signIn("alice");
  await search(alice, "Luxury");
  await panel(alice).getByText("1 message found").waitFor();
  const message = service.conversations.get("general")?.messages.get(3);

  const bob = await signIn("bob");
  await row(bob, message.content).hover();
  await row(bob, message.content).locator(".actions").click();
  await bob.getByRole("menuitem", { name: "Delete" }).click();
  await results(alice).waitFor({ state: "detached", timeout: 20_000 });

  await panel(alice).getByText("No message contains Luxury.").waitFor();
});

test("nothing found, no connection and a failure are said in words", { skip }, async (t) => {
  const { server, service, signIn } = await stage(t);
  const alice = await signIn("alice");
  await search(alice, "no such words");
  await panel(alice).getByText("No message contains no such words.").waitFor();

  await search(alice, "x".repeat(129));
  await panel(alice).getByText("A search text has at most 128 characters.").waitFor();
  const { search: works } = service.actions;
  Reflect.deleteProperty(service.actions, "search");
  await search(alice, "lunch");
  await panel(alice).getByText("The search failed:").waitFor();
  service.actions["search"] = works;
  await panel(alice).getByRole("button", { name: "Try again" }).click();
  await panel(alice).getByText("2 messages found").waitFor();

  server.goesAway();
  await alice.getByText("Offline. What you write").waitFor();
  await search(alice, "train");
  await panel(alice).getByText("Offline. The search goes on").waitFor();
  server.comesBack();
  await alice.getByRole("button", { name: "Try now" }).click();
  await panel(alice).getByText("1 message found").waitFor();
});

test("a day leads to its first message, or to that of the next day", { skip }, async (t) => {
  const { service, signIn } = await stage(t);
  const { messages } = filled(service, "general", 2000);
  const now = new Date().setHours(12, 0, 0, 0);
  for (const [seq, message] of messages) {
    // Ten on each day, and none in a week.
    const daysAgo = Math.floor((2000 - seq) / 10) + (seq <= 1000 ? 7 : 0);
    const at = new Date(now - daysAgo * DAY);
    messages.set(seq, { ...message, content: `number ${seq}`, created_at: at.toISOString() });
  }
  const alice = await signIn("alice");
  await alice.getByRole("button", { name: "Search in this conversation" }).click();
  const go = async (/** @type {number} */ daysAgo) => {
    const at = new Date(now - daysAgo * DAY);
    const day = [at.getFullYear(), at.getMonth() + 1, at.getDate()];
    await panel(alice)
      .getByLabel("Go to a day")
      .fill(day.map((it) => String(it).padStart(2, "0")).join("-"));
    await panel(alice).getByRole("button", { name: "Go" }).click();
  };

  await go(150);
  await alice.locator(".pointed-out").getByText("number 561", { exact: true }).waitFor();
  await go(103);
  await panel(alice).getByText("The next ones are of").waitFor();
  await alice.locator(".pointed-out").getByText("number 1001", { exact: true }).waitFor();
  await go(-1);

  await panel(alice).getByText("There are no messages on").waitFor();
});

test("on a phone Back closes the search, and a result shows its message", { skip }, async (t) => {
  const { signIn } = await stage(t);
  const alice = await signIn("alice", PHONE);
  await alice.getByRole("button", { name: /^general/ }).click();
  await search(alice, "luxury");
  await panel(alice).getByText("1 message found").waitFor();
  const box = await panel(alice).boundingBox();
  const found = await barriers(alice);

  await results(alice).click();
  await alice.locator(".pointed-out").getByText("Luxury.").waitFor();
  const isOpen = await panel(alice).isVisible();
  await alice.getByRole("button", { name: "Search in this conversation" }).click();
  await results(alice).waitFor();
  await alice.goBack();
  await panel(alice).waitFor({ state: "hidden" });

  assert.deepEqual([box?.width, isOpen, found], [390, false, []]);
  assert.equal(await alice.getByLabel("Message", { exact: true }).isVisible(), true);
});
