import assert from "node:assert/strict";
import { test } from "node:test";

import { barriers, missing, write } from "../support/chromium.js";
import { stage } from "./browser.js";

/** @import { Page } from "playwright-core" */

const skip = missing;

test("an owner mutes a member, who learns why nothing is sent", { skip }, async (t) => {
  const { alice, bob } = await lunch(t);
  await moderate(alice, "Mute for 10 minutes");
  await alice.getByRole("listitem").getByText("Muted", { exact: true }).waitFor();

  await write(bob, "spam");

  await bob.getByRole("log").getByText("You are muted.").waitFor();
  await moderate(alice, "End the mute");
  await write(bob, "Sorry");
  await alice.getByRole("log").getByText("Sorry", { exact: true }).waitFor();
});

test("an owner bans a member and lifts the ban", { skip }, async (t) => {
  const { alice, bob } = await lunch(t);

  await moderate(alice, "Ban");
  await alice.getByRole("button", { name: "Ban", exact: true }).click();

  await bob.getByRole("button", { name: /^Lunch/ }).waitFor({ state: "detached" });
  await alice.getByRole("button", { name: "Lift the ban of bob" }).click();
  await alice.getByRole("button", { name: "Lift the ban of bob" }).waitFor({ state: "detached" });
  await alice.getByLabel("Add people").fill("bob");
  await alice.getByRole("button", { name: "Add", exact: true }).click();
  await bob.getByRole("button", { name: /^Lunch/ }).waitFor();
});

test("an owner sets slow mode, and everybody reads of it", { skip }, async (t) => {
  const { alice, bob } = await lunch(t);

  await alice.getByLabel("Slow mode").selectOption("60");

  await bob.getByText("alice set slow mode to 60 seconds").waitFor();
  assert.equal(await bob.getByLabel("Slow mode").isVisible(), false);
});

test("a member reports a message of another", { skip }, async (t) => {
  const { alice, bob } = await lunch(t);
  await write(alice, "Rude");
  const message = bob.locator(".message", { hasText: "Rude" });
  await message.hover();
  await message.getByRole("button", { name: "Actions of the message" }).click();

  await bob.getByRole("menuitem", { name: "Report" }).click();

  await bob.getByText("The message was reported to the operator.").waitFor();
});

test("axe finds nothing where members are moderated", { skip }, async (t) => {
  const { alice } = await lunch(t);
  await moderate(alice, "Ban");
  await alice.getByRole("button", { name: "Ban", exact: true }).click();
  await alice.getByRole("button", { name: "Lift the ban of bob" }).waitFor();

  assert.deepEqual(await barriers(alice), []);
});

/**
 * A group of alice's and bob's, with the panel of people open at hers.
 * @param {import("node:test").TestContext} t
 */
async function lunch(t) {
  const { signIn } = await stage(t);
  const [alice, bob] = [await signIn("alice"), await signIn("bob")];
  await alice.getByRole("button", { name: "New conversation" }).click();
  await alice.getByRole("dialog").getByLabel("Title", { exact: true }).fill("Lunch");
  await alice.getByRole("textbox", { name: "People" }).fill("bob");
  await alice.getByRole("button", { name: "Create" }).click();
  await bob.getByRole("button", { name: /^Lunch/ }).click();
  await alice.getByRole("button", { name: "People" }).click();
  return { alice, bob };
}

/**
 * @param {Page} page
 * @param {string} choice
 */
async function moderate(page, choice) {
  await page.getByRole("button", { name: "Moderate bob" }).click();
  await page.getByRole("menuitem", { name: choice }).click();
}
