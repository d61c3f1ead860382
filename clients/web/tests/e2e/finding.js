import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

import { missing as skip } from "../support/chromium.js";
import { behind, gathers, group } from "./people.js";

const PICTURE = new URL("../../page/icons/badge.png", import.meta.url);

test("a search finds a message by any case, and not what was deleted", { skip }, async (t) => {
  const { title, id, chat } = await group("Searched", ["alice", "bob"]);
  for (const text of ["The STRASSE is closed", "Nothing else", "straße, again"])
    await chat.send(id, text);
  const [first] = (await chat.history(id)).messages.filter(({ content }) =>
    /STRASSE/.test(content),
  );
  const [bob] = await gathers(t, "bob");
  const panel = bob.page.getByRole("complementary", { name: "Search in this conversation" });
  await bob.opens(title);
  await bob.page.getByRole("button", { name: "Search in this conversation" }).click();
  await panel.getByLabel("Text to search for").fill("Straße");
  await bob.page.keyboard.press("Enter");
  await panel.getByText("2 messages found").waitFor();
  const marks = await panel.locator("mark").allTextContents();
  await bob.poses("search");

  if (first) await chat.remove(first);
  await panel.locator(".result").nth(1).waitFor({ state: "detached" });
  await panel.getByLabel("Text to search for").fill("straße");
  await bob.page.keyboard.press("Enter");

  await panel.getByText("1 message found").waitFor();
  assert.deepEqual(marks, ["straße", "STRASSE"]);
  assert.deepEqual(bob.complaints, []);
});

test("a display name and a picture that are set are what others see", { skip }, async (t) => {
  const { title, id } = await group("Named", ["alice", "carol"]);
  const carol = await behind("carol");
  t.after(() => carol.setProfile({ displayName: null, picture: null }));
  const picture = new Blob([await readFile(PICTURE)]);
  await carol.setProfile({ displayName: "Carol Díaz", picture });
  await carol.send(id, "Who am I?");
  const [alice] = await gathers(t, "alice");

  await alice.opens(title);
  await alice.page.locator(".author").getByText("Carol Díaz", { exact: true }).waitFor();
  const image = alice.page.locator(".message .avatar img");
  await image.waitFor();
  const width = await image.evaluate((it) => /** @type {HTMLImageElement} */ (it).naturalWidth);
  await alice.page.keyboard.press("Control+k");
  await alice.page.keyboard.type("diaz");
  await alice.page.getByRole("option", { name: "Carol Díaz" }).waitFor();

  assert.equal(width, 96);
  assert.deepEqual(alice.complaints, []);
});
