import assert from "node:assert/strict";
import { test } from "node:test";

import { PHONE, barriers, missing, write } from "../support/chromium.js";
import { choose, row, said } from "../support/messages.js";
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
  // In the afternoon another conversation is the latest one.
  await alice.getByRole("button", { name: /^general/ }).click();
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

test("the day above messages leads to other days", { skip }, async (t) => {
  const { signIn, complaints } = await stage(t);
  const alice = await signIn("alice");
  const today = await alice.evaluate(() => {
    const [month, day, year] = new Date().toLocaleDateString("en-US").split("/");
    return `${year}-${month?.padStart(2, "0")}-${day?.padStart(2, "0")}`;
  });

  await alice.locator(".day").getByRole("button", { name: "Today" }).click();
  const field = panel(alice).getByLabel("Go to a day");
  await field.waitFor();
  const [value, isFocused] = await field.evaluate((it) => {
    return [/** @type {HTMLInputElement} */ (it).value, it === document.activeElement];
  });

  assert.deepEqual([value, isFocused], [today, true]);
  assert.deepEqual([await barriers(alice), complaints], [[], []]);
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

/** @param {Page} page */
function switcher(page) {
  return page.getByRole("dialog", { name: "Go to a conversation or a person" });
}

/** @param {Page} page */
function options(page) {
  return switcher(page).getByRole("option");
}

/**
 * @param {Page} page
 * @param {string} title
 */
async function isOpen(page, title) {
  await page.getByRole("heading", { name: title, exact: true }).waitFor();
}

test("Ctrl-K leads to a conversation by its name, with the keyboard alone", { skip }, async (t) => {
  const { signIn, complaints } = await stage(t);
  const alice = await signIn("alice");
  await alice.getByRole("button", { name: /^carol/ }).waitFor();

  await alice.keyboard.press("Control+k");
  await options(alice).nth(2).waitFor();
  const all = await options(alice).locator(".switcher-name").allTextContents();
  await alice.keyboard.press("ArrowDown");
  const second = await options(alice).nth(1).getAttribute("aria-selected");
  const found = await barriers(alice);
  await alice.keyboard.press("Escape");
  await switcher(alice).waitFor({ state: "hidden" });
  await alice.keyboard.press("Control+k");
  await alice.keyboard.type("supl");
  await options(alice).getByText("Summer plans").waitFor();
  await alice.keyboard.press("Enter");
  await isOpen(alice, "Summer plans");
  await alice.keyboard.press("Control+k");
  await alice.keyboard.type("no such name");
  await switcher(alice).getByText("No conversation and nobody").waitFor();

  assert.deepEqual(all.slice(0, 3), ["general", "Summer plans", "carol"]);
  assert.deepEqual([second, found, await barriers(alice), complaints], ["true", [], [], []]);
});

test("a person leads to the direct conversation, which is made if need be", { skip }, async (t) => {
  const { service, signIn } = await stage(t);
  const alice = await signIn("alice");

  await alice.keyboard.press("Control+k");
  await alice.keyboard.type("@BO");
  await options(alice).getByText("bob", { exact: true }).waitFor();
  await alice.keyboard.press("Enter");
  await isOpen(alice, "bob");

  assert.ok(service.conversations.has("direct-alice-bob"));
});

test("each name of somebody else has a menu that leads to them", { skip }, async (t) => {
  const { signIn, complaints } = await stage(t);
  const alice = await signIn("alice");
  const item = alice.getByRole("menuitem", { name: "Message bob" });

  await alice.locator(".author").getByText("bob", { exact: true }).first().click();
  await item.waitFor();
  const found = await barriers(alice);
  await alice.keyboard.press("Escape");
  await alice.getByRole("button", { name: "People", exact: true }).click();
  await alice.locator("#member-list").getByRole("button", { name: "bob", exact: true }).focus();
  await alice.keyboard.press("Enter");
  await item.waitFor();
  await alice.keyboard.press("Enter");
  await isOpen(alice, "bob");
  await alice.getByRole("button", { name: /^general/ }).click();
  await choose(alice, "Luxury.", "Message bob");
  await isOpen(alice, "bob");

  assert.deepEqual([found, complaints], [[], []]);
});

test("the list is filtered, and used by the arrow keys", { skip }, async (t) => {
  const { signIn } = await stage(t);
  const alice = await signIn("alice");
  const list = alice.locator("#conversation-list");
  const titles = () => list.locator(".conversation-title").allTextContents();
  await alice.getByRole("button", { name: /^carol/ }).waitFor();

  await alice.getByLabel("Filter conversations").fill("PLÄNS");
  const filtered = await titles();
  await alice.keyboard.press("Escape");
  await alice.getByRole("button", { name: "Unread", exact: true }).click();
  const unread = await titles();
  await alice.getByRole("button", { name: "Unread", exact: true }).click();
  await alice.getByLabel("Filter conversations").focus();
  await alice.keyboard.press("Tab");
  await alice.keyboard.press("Tab");
  await alice.keyboard.press("End");
  const last = await focused(alice);
  await alice.keyboard.press("Home");
  await alice.keyboard.press("ArrowDown");
  const tabStops = await list.locator("button[tabindex='0']").count();
  await alice.keyboard.press("Enter");
  await isOpen(alice, "Summer plans");

  assert.deepEqual(filtered, ["Summer plans"]);
  assert.deepEqual(unread, ["general", "Summer plans"]);
  assert.match(last ?? "", /carol/);
  assert.equal(tabStops, 1);
});

test("on a phone a button opens the switcher, and Back closes it", { skip }, async (t) => {
  const { signIn } = await stage(t);
  const alice = await signIn("alice", PHONE);
  await alice.getByRole("button", { name: "Go to a conversation or a person" }).click();
  await options(alice).first().waitFor();
  const found = await barriers(alice);

  await alice.goBack();
  await switcher(alice).waitFor({ state: "hidden" });
  await alice.getByRole("button", { name: "Go to a conversation or a person" }).click();
  await options(alice).getByText("Summer plans").click();
  await isOpen(alice, "Summer plans");
  await alice.goBack();

  await alice.getByRole("button", { name: /^general/ }).waitFor();
  assert.deepEqual(found, []);
});

test(
  "a display name is shown wherever its user is, with the username at hand",
  { skip },
  async (t) => {
    const { signIn, complaints } = await stage(t);
    const bob = await signIn("bob");
    await bob.getByRole("button", { name: "Signed in as bob" }).click();
    const dialog = bob.getByRole("dialog", { name: "Your profile" });
    await dialog.getByLabel("Display name").fill(" Bob Marlowe ");
    const found = await barriers(bob);
    await dialog.getByRole("button", { name: "Save" }).click();
    await bob.getByRole("button", { name: "Signed in as Bob Marlowe" }).waitFor();

    const alice = await signIn("alice");
    const authors = alice.locator(".author");
    await authors.getByText("Bob Marlowe", { exact: true }).first().waitFor();
    await write(bob, "Is anybody there?");
    await alice.locator("#announcer").getByText("Bob Marlowe: Is anybody there?").waitFor();
    await alice.getByRole("button", { name: "People", exact: true }).click();
    await alice.locator(".member").getByText("@bob", { exact: true }).waitFor();
    await alice.getByLabel("Role of bob").selectOption("moderator");
    await alice.locator(".system").getByText("You made Bob Marlowe a moderator").waitFor();
    await alice.getByLabel("Message", { exact: true }).pressSequentially("Hello @marl");
    await alice.getByRole("option", { name: "Bob Marlowe @bob" }).waitFor();
    await alice.keyboard.press("Enter");
    const written = await alice.getByLabel("Message", { exact: true }).inputValue();
    await alice.keyboard.press("Control+k");
    await alice.keyboard.type("marlowe");
    await options(alice).getByText("Bob Marlowe").waitFor();
    await alice.keyboard.press("Enter");
    await isOpen(alice, "Bob Marlowe");

    assert.equal(written, "Hello @bob ");
    assert.deepEqual([found, await barriers(alice), complaints], [[], [], []]);
  },
);

test("a name that another user has is shown with its username", { skip }, async (t) => {
  const { service, signIn } = await stage(t);
  service.displayNames.set("user-bob", "CAROL");
  const alice = await signIn("alice");

  await alice.locator(".author").getByText("CAROL (@bob)", { exact: true }).first().waitFor();
});

test("the directory finds people with whom one shares no conversation", { skip }, async (t) => {
  const { service, signIn } = await stage(t);
  service.addUser("dave", "dave-demo-password");
  const alice = await signIn("alice");

  await alice.keyboard.press("Control+k");
  await alice.keyboard.type("dav");
  await options(alice).getByText("dave", { exact: true }).waitFor();
  await alice.keyboard.press("Enter");
  await isOpen(alice, "dave");

  assert.ok(service.conversations.has("direct-alice-dave"));
});
