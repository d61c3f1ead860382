import assert from "node:assert/strict";
import { test } from "node:test";

import { DESKTOP, PHONE, barriers, missing, write } from "../support/chromium.js";
import { choose, open, row, said } from "../support/messages.js";
import { stage } from "./browser.js";

const skip = missing;
/** To be looked at after the tests. */
const PICTURES = new URL("../../../../test-results/browser", import.meta.url).pathname;

test("an edit reaches the others and says that it is one", { skip }, async (t) => {
  const { signIn, complaints } = await stage(t);
  const [alice, bob] = [await signIn("alice"), await signIn("bob")];
  await write(alice, "Hallo");
  await said(bob, "Hallo").waitFor();

  await alice.getByLabel("Message", { exact: true }).press("ArrowUp");
  await write(alice, "Hello");

  await said(bob, "Hello").waitFor();
  await bob.getByText("edited", { exact: true }).waitFor();
  assert.equal(await alice.getByLabel("Message", { exact: true }).inputValue(), "");
  assert.deepEqual(complaints, []);
});

test("Escape ends an edit and brings the draft back", { skip }, async (t) => {
  const { signIn } = await stage(t);
  const alice = await signIn("alice");
  await write(alice, "Sent");
  const field = alice.getByLabel("Message", { exact: true });
  await field.fill("A draft");
  await choose(alice, "Sent", "Edit");

  await field.press("Escape");

  assert.equal(await field.inputValue(), "A draft");
  assert.equal(await alice.getByText("Editing").isVisible(), false);
});

test(
  "an edit of a message that was edited elsewhere is kept and explained",
  { skip },
  async (t) => {
    const { signIn } = await stage(t);
    const [desk, phone] = [await signIn("alice"), await signIn("alice")];
    await write(desk, "First");
    await said(phone, "First").waitFor();
    await choose(desk, "First", "Edit");
    const field = desk.getByLabel("Message", { exact: true });
    await field.fill("From the desk");
    await phone.getByLabel("Message", { exact: true }).press("ArrowUp");
    await write(phone, "Written on the phone");
    await said(desk, "Written on the phone").waitFor();

    await field.press("Enter");

    await desk.locator(".composer-mode").getByText("It was edited meanwhile").waitFor();
    assert.equal(await field.inputValue(), "From the desk");
  },
);

test("a deletion can be undone, and is then not made", { skip }, async (t) => {
  const { signIn } = await stage(t);
  const [alice, bob] = [await signIn("alice"), await signIn("bob")];
  await write(alice, "To be kept");
  await choose(alice, "To be kept", "Delete");
  await alice.locator(":focus", { hasText: "Undo" }).waitFor();

  await alice.keyboard.press("Enter");

  await said(alice, "To be kept").waitFor();
  await write(alice, "And this");
  await said(bob, "And this").waitFor();
  assert.equal(await said(bob, "To be kept").isVisible(), true);
});

test("a deleted message is gone for everybody and keeps its place", { skip }, async (t) => {
  const { signIn } = await stage(t);
  const [alice, bob] = [await signIn("alice"), await signIn("bob")];
  await write(alice, "A secret");
  await said(bob, "A secret").waitFor();

  await choose(alice, "A secret", "Delete");

  await bob.getByRole("log").getByText("Message deleted").waitFor();
  assert.equal(await said(bob, "A secret").count(), 0);
});

test("reactions show who reacted, and a click takes part or leaves", { skip }, async (t) => {
  const { signIn } = await stage(t);
  const [alice, bob] = [await signIn("alice"), await signIn("bob")];
  await write(alice, "Lunch?");
  await open(bob, "Lunch?");
  await bob.getByRole("button", { name: "React with 👍" }).click();
  const reaction = alice.getByRole("button", { name: "👍: bob" });
  await reaction.waitFor();

  await reaction.click();

  await bob.getByRole("button", { name: "👍: you and alice" }).waitFor();
  await alice.getByRole("button", { name: "👍: bob and you" }).click();
  await bob.getByRole("button", { name: "👍: you", exact: true }).waitFor();
});

test("those who reacted are listed, and one of them is written to", { skip }, async (t) => {
  const { service, signIn, complaints } = await stage(t);
  const [alice, bob] = [await signIn("alice"), await signIn("bob")];
  await write(alice, "Lunch?");
  for (const person of [alice, bob]) {
    await open(person, "Lunch?");
    await person.getByRole("button", { name: "React with 👍" }).click();
  }
  await alice.getByRole("button", { name: "👍: you and bob" }).waitFor();

  const dialog = alice.getByRole("dialog", { name: "Who reacted" });
  await open(alice, "Lunch?");
  await alice.getByRole("menuitem", { name: "Who reacted" }).click();
  await dialog.locator(".member").nth(1).waitFor();
  const rows = await dialog.locator(".member").allInnerTexts();
  const found = await barriers(alice);
  await dialog.getByRole("button", { name: "Message bob" }).click();
  await alice.getByRole("heading", { name: "bob" }).waitFor();

  assert.deepEqual(
    rows.map((row) => row.replace(/^\w\n|\nMessage bob|\s+$/g, "").split("\n")),
    [
      ["You", "👍"],
      ["bob", "👍"],
    ],
  );
  assert.ok(service.conversations.has("direct-alice-bob"));
  assert.deepEqual([found, complaints], [[], []]);
});

test("a reaction keeps the focus while others react", { skip }, async (t) => {
  const { signIn } = await stage(t);
  const [alice, bob] = [await signIn("alice"), await signIn("bob")];
  await write(alice, "Lunch?");
  await open(bob, "Lunch?");
  await bob.getByRole("button", { name: "React with 👍" }).click();
  await alice.getByRole("button", { name: "👍: bob" }).focus();

  await alice.keyboard.press("Enter");
  await alice.getByRole("button", { name: "👍: bob and you" }).waitFor();
  await alice.keyboard.press("Enter");

  await alice.getByRole("button", { name: "👍: bob", exact: true }).waitFor();
});

test("any emoji can be a reaction", { skip }, async (t) => {
  const { signIn } = await stage(t);
  const alice = await signIn("alice");
  await write(alice, "News");
  await open(alice, "News");

  await alice.getByRole("button", { name: "React with another emoji" }).click();
  await alice.getByLabel("Search emoji").fill("otter");
  await alice.getByRole("button", { name: "otter" }).waitFor();
  await alice.getByLabel("Search emoji").press("Enter");

  await alice.getByRole("button", { name: "🦦: you" }).waitFor();
});

test("a reply quotes a message, and a click on the quote leads there", { skip }, async (t) => {
  const { signIn } = await stage(t);
  const [alice, bob] = [await signIn("alice"), await signIn("bob")];
  await write(alice, "Which train?");
  await choose(bob, "Which train?", "Reply");
  await bob.getByText("Replying to alice").waitFor();

  await write(bob, "The slow one");

  const quote = alice.getByRole("button", { name: "In reply to alice" });
  await quote.click();
  await alice.locator(".pointed-out").getByText("Which train?").waitFor();
});

test("a quote of a deleted message shows nothing of its text", { skip }, async (t) => {
  const { signIn } = await stage(t);
  const [alice, bob] = [await signIn("alice"), await signIn("bob")];
  await write(alice, "A secret");
  await choose(bob, "A secret", "Reply");
  await write(bob, "I saw it");

  await choose(alice, "A secret", "Delete");

  await bob.locator(".quote").getByText("Message deleted").waitFor();
  // What crossed the wire stays in the panel for developers.
  assert.equal(await bob.locator("main, #announcer, #pins").getByText("A secret").count(), 0);
});

test("a mention is completed by keyboard, highlighted, and counted", { skip }, async (t) => {
  const { signIn } = await stage(t);
  const [alice, bob] = [await signIn("alice"), await signIn("bob")];
  await bob.getByRole("button", { name: /^Summer plans/ }).click();
  const field = alice.getByLabel("Message", { exact: true });
  await field.pressSequentially("Ask @bo");
  await alice.getByRole("option", { name: "@bob" }).waitFor();

  await field.press("Tab");
  await field.press("Enter");

  await alice.locator(".mention").getByText("@bob").waitFor();
  await bob.getByRole("button", { name: /mentions you/ }).waitFor();
});

test("who may lead pins a message, which the panel then lists", { skip }, async (t) => {
  const { signIn } = await stage(t);
  const [alice, bob] = [await signIn("alice"), await signIn("bob")];
  await write(alice, "The rules");
  await said(bob, "The rules").waitFor();

  await choose(alice, "The rules", "Pin");

  await bob.getByRole("log").getByText("alice pinned a message").waitFor();
  await bob.getByRole("button", { name: "Pinned messages" }).click();
  await bob.locator("#pin-list").getByText("The rules").waitFor();
});

test("a new title shows in the head, in the list and in the timeline", { skip }, async (t) => {
  const { signIn } = await stage(t);
  const [alice, bob] = [await signIn("alice"), await signIn("bob")];
  await alice.getByRole("button", { name: "Change the title" }).click();
  await alice.getByRole("textbox", { name: "Title" }).last().fill("Everything");

  await alice.getByRole("button", { name: "Change", exact: true }).click();

  await bob.getByRole("heading", { name: "Everything" }).waitFor();
  await bob.getByText("alice changed the title to Everything").waitFor();
});

test("the actions of messages are reached by the keyboard alone", { skip }, async (t) => {
  const { signIn } = await stage(t);
  const alice = await signIn("alice");
  await write(alice, "Number one");
  await write(alice, "Number two");
  await said(alice, "Number two").waitFor();
  await row(alice, "Number two").locator(".actions").focus();

  await alice.keyboard.press("ArrowUp");
  await alice.keyboard.press("Enter");
  await alice.getByRole("menuitem", { name: "Reply" }).focus();
  await alice.keyboard.press("Enter");

  await alice.getByText("Replying to alice").waitFor();
  await alice.locator("#composer-mode-text").getByText("Number one").waitFor();
});

for (const [name, look] of Object.entries({ desktop: DESKTOP, phone: PHONE })) {
  test(`messages with all that happened to them are accessible: ${name}`, { skip }, async (t) => {
    const { signIn } = await stage(t);
    const bob = await signIn("bob");
    const alice = await signIn("alice", look);
    await alice.getByRole("button", { name: /^general/ }).click();
    await write(alice, "The whole life of @bob");
    await choose(bob, "The whole life", "Reply");
    await write(bob, "A reply");
    await open(bob, "The whole life");
    await bob.getByRole("button", { name: "React with 🎉" }).click();
    await alice.getByRole("button", { name: "🎉: bob" }).waitFor();
    await alice.screenshot({ path: `${PICTURES}/message-life-${name}.png` });

    await open(alice, "A reply");
    await alice.screenshot({ path: `${PICTURES}/message-menu-${name}.png` });

    assert.deepEqual(await barriers(alice), []);
  });
}
