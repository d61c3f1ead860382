import assert from "node:assert/strict";
import { test } from "node:test";

import { barriers, missing, write } from "../support/chromium.js";
import { choose, open } from "../support/messages.js";
import { signInAt, stage } from "./browser.js";

/** @import { Page } from "playwright-core" */

const skip = missing;
const REFUSAL = { type: "error", code: "forbidden", message: "Not on Sundays." };

/**
 * Refuses the page's requests of this type, until the returned function is called.
 * @param {Page} page
 * @param {string} type
 */
async function refuse(page, type) {
  let isRefused = true;
  await page.routeWebSocket(/ws\/chat/, (socket) => {
    const service = socket.connectToServer();
    socket.onMessage((text) => {
      const { requestId, ...frame } = JSON.parse(String(text));
      if (!isRefused || frame.type !== type) return service.send(text);
      socket.send(JSON.stringify({ requestId, ...REFUSAL }));
    });
  });
  await page.reload();
  return () => (isRefused = false);
}

test("messages that cannot be had say why, and can be tried again", { skip }, async (t) => {
  const { visit } = await stage(t);
  const alice = await visit();
  const allow = await refuse(alice, "history");

  await signInAt(alice, "alice");
  const why = alice.getByRole("log").getByText(REFUSAL.message);
  await why.waitFor();
  assert.deepEqual(await barriers(alice), []);
  allow();
  await alice.getByRole("log").getByRole("button", { name: "Try again" }).click();

  await alice.getByRole("log").getByText("Out of the tunnel!").waitFor();
  await why.waitFor({ state: "hidden" });
});

for (const [type, toggle, panel, found] of /** @type {const} */ ([
  ["list_members", "People", "#people", "bob"],
  ["get_messages", "Pinned messages", "#pins", "Nothing is pinned."],
])) {
  test(
    `a panel that cannot be filled says why, and can be tried again: ${toggle}`,
    { skip },
    async (t) => {
      const { visit } = await stage(t);
      const alice = await visit();
      const allow = await refuse(alice, type);

      await signInAt(alice, "alice");
      await alice.getByRole("heading", { name: "general" }).waitFor();
      await alice.getByRole("button", { name: toggle, exact: true }).click();
      await alice.locator(panel).getByText(REFUSAL.message).waitFor();
      allow();
      await alice.locator(panel).getByRole("button", { name: "Try again" }).click();

      await alice.locator(panel).getByText(found, { exact: true }).first().waitFor();
      await alice.locator(panel).getByText(REFUSAL.message).waitFor({ state: "hidden" });
    },
  );
}

test(
  "those who reacted say why they cannot be had, and can be tried again",
  { skip },
  async (t) => {
    const { visit } = await stage(t);
    const alice = await visit();
    const allow = await refuse(alice, "list_reactions");
    await signInAt(alice, "alice");
    await write(alice, "Lunch?");
    await open(alice, "Lunch?");
    await alice.getByRole("button", { name: "React with 👍" }).click();
    await alice.getByRole("button", { name: "👍: you" }).waitFor();

    await choose(alice, "Lunch?", "Who reacted");
    const dialog = alice.getByRole("dialog", { name: "Who reacted" });
    await dialog.getByText(REFUSAL.message).waitFor();
    assert.deepEqual(await barriers(alice), []);
    allow();
    await dialog.getByRole("button", { name: "Try again" }).click();

    await dialog.locator(".member").waitFor();
    assert.equal(await dialog.getByText(REFUSAL.message).count(), 0);
  },
);
