import assert from "node:assert/strict";
import { test } from "node:test";

import { missing as skip } from "../support/chromium.js";
import { choose, open, said } from "../support/messages.js";
import { arrives, gathers, group, stack } from "./people.js";

/** @import { Person } from "./people.js" */

test(
  "who was away sees what all that happened has left, as those who were there",
  { skip },
  async (t) => {
    const { title } = await group("Life", ["alice", "bob", "carol"]);
    const [alice, bob, carol] = await gathers(t, "alice", "bob", "carol");
    for (const person of [alice, bob, carol]) await person.opens(title);
    await alice.writes("Which train?");
    await carol.sees("Which train?");
    await carol.losesTheNetwork();

    await choose(bob.page, "Which train?", "Reply");
    await bob.writes("The slow one, @alice");
    await bob.page.locator(".own.stored").getByText("The slow one").waitFor();
    await bob.page.getByLabel("Message", { exact: true }).press("ArrowUp");
    await bob.writes("The fast one, @alice");
    await open(bob.page, "Which train?");
    await bob.page.getByRole("button", { name: "React with 👍" }).click();
    await said(alice.page, "The fast one").waitFor();
    await choose(alice.page, "The fast one", "Pin");
    await alice.writes("Said in error");
    await choose(alice.page, "Said in error", "Delete");
    await alice.page.getByRole("button", { name: "Change the title" }).click();
    await alice.page.getByRole("textbox", { name: "Title" }).fill(`${title} by train`);
    await alice.page.getByRole("button", { name: "Change", exact: true }).click();
    await bob.opens(`${title} by train`);
    await said(bob.page, "Message deleted").waitFor();
    await carol.isBack();
    const late = await (await arrives(t, "carol")).signsIn();
    await late.opens(`${title} by train`);

    const expected = ["Which train?", "The fast one, @alice", "Message deleted"];
    for (const person of [alice, bob, carol, late]) {
      await person.page.getByRole("heading", { name: `${title} by train` }).waitFor();
      await shows(person, expected);
      await person.page.getByRole("button", { name: /^👍: / }).waitFor();
      await person.page.getByRole("button", { name: "In reply to" }).waitFor();
      await person.page.getByText("edited", { exact: true }).waitFor();
      await person.page.getByRole("button", { name: "Pinned messages" }).click();
      await person.page.locator("#pin-list").getByText("The fast one").waitFor();
      assert.deepEqual(person.complaints.filter(isNoLostConnection), []);
    }
    await alice.poses("message-life");
  },
);

test("nothing of a deleted message's text is left in the service's files", { skip }, async (t) => {
  const { title, chat, id } = await group("Secrets", ["alice", "bob"]);
  const [bob] = await gathers(t, "bob");
  await bob.opens(title);
  await chat.send(id, "kept: quince");
  const { messageId } = await chat.send(id, "deleted: medlar");
  await chat.edit({ messageId }, "deleted: medlar and rowan");
  await choose(bob.page, "medlar and rowan", "Reply");
  await bob.writes("Hm");
  await bob.page.locator(".own.stored").getByText("Hm").waitFor();

  await chat.remove({ messageId });

  await stack.end();
  const kept = await stack.kept("quince", "medlar");
  await stack.begin();
  assert.deepEqual(kept, ["quince"]);
});

/**
 * @param {Person} person
 * @param {string[]} expected
 */
async function shows(person, expected) {
  for (const text of expected) await said(person.page, text).waitFor();
  assert.deepEqual(await person.contents(), expected);
}

/** @param {string} complaint */
function isNoLostConnection(complaint) {
  return !/WebSocket|ERR_/.test(complaint);
}
