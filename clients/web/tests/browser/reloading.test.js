import assert from "node:assert/strict";
import { test } from "node:test";

import { missing, write } from "../support/chromium.js";
import { stage } from "./browser.js";

/** @import { Page } from "playwright-core" */

const skip = missing;

/** @param {Page} page */
function field(page) {
  return page.getByLabel("Message", { exact: true });
}

test("each conversation's draft survives a reload", { skip }, async (t) => {
  const { signIn } = await stage(t);
  const alice = await signIn("alice");
  await alice.getByRole("heading", { name: "general" }).waitFor();
  await field(alice).fill("Begun in general");
  await alice.getByRole("button", { name: /^Summer plans/ }).click();
  await alice.getByRole("heading", { name: "Summer plans" }).waitFor();
  await field(alice).fill("Begun in\nSummer plans");

  await alice.reload();

  await alice.getByRole("heading", { name: "Summer plans" }).waitFor();
  const here = await field(alice).inputValue();
  await alice.getByRole("button", { name: /^general/ }).click();
  await alice.getByRole("heading", { name: "general" }).waitFor();
  assert.deepEqual(
    [here, await field(alice).inputValue()],
    ["Begun in\nSummer plans", "Begun in general"],
  );
});

test("a sent message does not come back as a draft after a reload", { skip }, async (t) => {
  const { signIn } = await stage(t);
  const alice = await signIn("alice");
  await write(alice, "Hello");
  await alice
    .locator(".own.stored, .own.read")
    .last()
    .getByText("Hello", { exact: true })
    .waitFor();

  await alice.reload();

  await alice.getByRole("log").getByText("Hello", { exact: true }).waitFor();
  assert.equal(await field(alice).inputValue(), "");
});

for (const where of ["Here", "Everywhere"]) {
  test(`signing out forgets the drafts: ${where.toLowerCase()}`, { skip }, async (t) => {
    const { signIn } = await stage(t);
    const alice = await signIn("alice");
    await alice.getByRole("heading", { name: "general" }).waitFor();
    await field(alice).fill("A secret");

    await alice.getByRole("button", { name: "Sign out" }).click();
    await alice.getByRole("button", { name: where, exact: true }).click();
    await alice.getByLabel("Password").waitFor();

    const kept = await alice.evaluate(() => JSON.stringify({ ...sessionStorage }));
    assert.ok(!kept.includes("A secret") && !kept.includes("alice"), kept);
    await alice.getByLabel("Username").fill("alice");
    await alice.getByLabel("Password").fill("alice-demo-password");
    await alice.getByRole("button", { name: "Sign in" }).click();
    await alice.getByRole("heading", { name: "general" }).waitFor();
    assert.equal(await field(alice).inputValue(), "");
  });
}

test("a reload with unsent or rejected messages asks first", { skip }, async (t) => {
  const { service, server, signIn } = await stage(t);
  const [alice, bob] = [await signIn("alice"), await signIn("bob")];
  for (const { page } of [{ page: alice }, { page: bob }]) {
    await page.getByRole("heading", { name: "general" }).waitFor();
  }
  service.conversations.get("general")?.members.delete("bob");
  await write(bob, "Refused");
  await bob.locator(".own.failed").waitFor();
  server.goesAway();
  await alice.getByText("Offline. What you write").waitFor();
  await write(alice, "Not sent yet");
  await alice.locator(".own.sending").waitFor();

  for (const [page, text] of /** @type {const} */ ([
    [alice, "Not sent yet"],
    [bob, "Refused"],
  ])) {
    const asked = page.waitForEvent("dialog");
    const reloaded = page.evaluate(() => location.reload());
    const dialog = await asked;
    await dialog.dismiss();
    await reloaded;
    assert.equal(dialog.type(), "beforeunload");
    await page.getByRole("log").getByText(text, { exact: true }).waitFor();
  }
});

test("an unsent message is sent after a reload, once", { skip }, async (t) => {
  const { server, signIn } = await stage(t);
  const [alice, bob] = [await signIn("alice"), await signIn("bob")];
  await alice.getByRole("heading", { name: "general" }).waitFor();
  server.goesAway();
  await alice.getByText("Offline. What you write").waitFor();
  await write(alice, "From before the reload");
  await alice.locator(".own.sending").waitFor();
  alice.on("dialog", (dialog) => dialog.accept());

  await alice.reload();
  await alice.getByText("Offline. The service cannot be reached.").waitFor();
  server.comesBack();

  await bob.getByRole("log").getByText("From before the reload").waitFor();
  await alice.locator(".own.stored, .own.read").last().getByText("From before").waitFor();
  assert.equal(await bob.getByRole("log").getByText("From before the reload").count(), 1);
});

test("signing out warns once that unsent messages will be lost", { skip }, async (t) => {
  const { server, signIn } = await stage(t);
  const alice = await signIn("alice");
  const warning = alice.getByText("Messages that are not sent yet will be lost.");
  await alice.getByRole("heading", { name: "general" }).waitFor();
  await alice.getByRole("button", { name: "Sign out" }).click();
  const warnedForNothing = await warning.isVisible();
  await alice.getByRole("button", { name: "Stay" }).click();
  server.goesAway();
  await alice.getByText("Offline. What you write").waitFor();
  await write(alice, "Not sent yet");
  await alice.locator(".own.sending").waitFor();
  /** @type {string[]} */
  const dialogs = [];
  alice.on("dialog", (dialog) => {
    dialogs.push(dialog.type());
    return dialog.accept();
  });

  await alice.getByRole("button", { name: "Sign out" }).click();
  await warning.waitFor();
  await alice.getByRole("button", { name: "Here", exact: true }).click();
  await alice.getByLabel("Password").waitFor();

  const kept = await alice.evaluate(() => JSON.stringify({ ...sessionStorage }));
  assert.ok(!kept.includes("Not sent yet"), kept);
  assert.deepEqual([warnedForNothing, dialogs], [false, []]);
});

test(
  "a reload while the service is unreachable shows the user's name and retries",
  { skip },
  async (t) => {
    const { server, signIn } = await stage(t);
    const alice = await signIn("alice");
    await alice.getByRole("heading", { name: "general" }).waitFor();
    server.goesAway();

    await alice.reload();
    await alice.getByText("Offline. The service cannot be reached.").waitFor();
    await alice.getByText("Signed in as alice").waitFor();
    const asksForPassword = await alice.getByLabel("Password").isVisible();
    const banner = alice.getByRole("region", { name: "Connection" });
    await banner.getByRole("button", { name: "Try now" }).waitFor();
    server.comesBack();

    await alice.getByRole("log").getByText("Out of the tunnel!").waitFor();
    await banner.waitFor({ state: "hidden" });
    assert.equal(asksForPassword, false);
  },
);

test("a session that expired before a reload asks for the password", { skip }, async (t) => {
  const { service, signIn } = await stage(t);
  const alice = await signIn("alice");
  await alice.getByRole("heading", { name: "general" }).waitFor();
  await alice.goto("about:blank");
  service.signOut("alice");

  await alice.goBack();

  await alice.getByLabel("Password").waitFor();
  assert.equal(await alice.locator("#chat").isVisible(), false);
});

test("the countdown to the next attempt survives a clock that is set back", { skip }, async (t) => {
  const { server, signIn } = await stage(t);
  const alice = await signIn("alice");
  server.goesAway();
  await alice.getByText("Offline. What you write").waitFor();

  const before = await alice.evaluate(() => {
    const { now } = Date;
    Date.now = () => now() - 3_600_000;
    return document.getElementById("banner-wait")?.textContent ?? "";
  });
  const seconds = await alice.waitForFunction((before) => {
    const says = document.getElementById("banner-wait")?.textContent ?? "";
    return says !== before && /Next attempt in (\d+) s/.exec(says)?.[1];
  }, before);

  assert.ok(Number(await seconds.jsonValue()) <= 60);
});
