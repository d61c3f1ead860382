import assert from "node:assert/strict";
import { test } from "node:test";

import { missing as skip } from "../support/chromium.js";
import { arrives, behind, gathers, group } from "./people.js";

test("two people write, type and read in a new group", { skip }, async (t) => {
  const [alice, bob] = await gathers(t, "alice", "bob");

  await alice.page.getByRole("button", { name: "New conversation" }).click();
  await alice.page.getByRole("textbox", { name: "Title" }).fill("A walk on Sunday");
  await alice.page.getByRole("textbox", { name: "People" }).fill("bob");
  await alice.page.getByRole("button", { name: "Create" }).click();
  await alice.page.getByRole("heading", { name: "A walk on Sunday" }).waitFor();
  await alice.writes("Shall we go?");
  await alice.page.locator(".own.stored").getByText("Shall we go?").waitFor();
  await bob.listed("A walk on Sunday").getByText("1 unread").waitFor();
  await bob.opens("A walk on Sunday");
  await alice.page.locator(".own.read").getByText("Shall we go?").waitFor();
  await bob.page.getByLabel("Message", { exact: true }).pressSequentially("Oh");
  await alice.page.getByText("bob is typing").waitFor();
  await bob.writes("Oh yes!");

  await alice.sees("Oh yes!");
  await bob.page.locator(".own.read").getByText("Oh yes!").waitFor();
  await bob.listed("A walk on Sunday").getByText("unread").waitFor({ state: "detached" });
  assert.deepEqual([...alice.complaints, ...bob.complaints], []);
});

test(
  "unread messages are counted in the list and on the tab until they are seen",
  { skip },
  async (t) => {
    const { title, id, chat } = await group("Counted", ["alice", "bob"]);
    const [bob] = await gathers(t, "bob");
    await bob.opens("General");

    for (const text of ["one", "two", "three"]) await chat.send(id, text);
    await bob.listed(title).getByText("3 unread").waitFor();
    const counted = await bob.page.title();
    await bob.opens(title);
    await bob.sees("three");

    await bob.listed(title).getByText("unread").waitFor({ state: "detached" });
    assert.match(counted, /^\(\d+\) Parley$/);
  },
);

test(
  "an added member sees all messages, a removed member sees a notice and nothing more",
  { skip },
  async (t) => {
    const { title, id, chat } = await group("In and out", ["alice", "bob"]);
    await chat.send(id, "Before carol came");
    const [alice, carol] = await gathers(t, "alice", "carol");

    await alice.opens(title);
    await alice.page.getByRole("button", { name: "People" }).click();
    await alice.page.getByLabel("Add people").fill("carol");
    await alice.page.getByRole("button", { name: "Add", exact: true }).click();
    await carol.opens(title);
    await carol.sees("Before carol came");
    await alice.page.getByRole("button", { name: "Remove carol" }).click();
    await alice.page.getByRole("button", { name: "Remove", exact: true }).click();
    await carol.page.getByText(`alice removed you from ${title}.`).waitFor();
    await carol.poses("removed");
    await alice.writes("After carol left");
    await alice.sees("After carol left");

    assert.equal(await carol.listed(title).count(), 0);
    assert.equal(await carol.page.getByText("After carol left").count(), 0);
    assert.deepEqual(carol.complaints, []);
  },
);

test("a group without a title is named after its members", { skip }, async (t) => {
  const [alice] = await gathers(t, "alice");

  await alice.page.getByRole("button", { name: "New conversation" }).click();
  await alice.page.getByRole("textbox", { name: "People" }).fill("carol, bob");
  await alice.page.getByRole("button", { name: "Create" }).click();

  await alice.page.getByRole("heading", { name: "bob, carol" }).waitFor();
});

test(
  "a direct conversation is named after the other member, on both sides",
  { skip },
  async (t) => {
    const [alice, bob] = await gathers(t, "alice", "bob");

    await alice.page.getByRole("button", { name: "New conversation" }).click();
    await alice.page.getByText("Direct", { exact: true }).click();
    await alice.page.getByRole("textbox", { name: "Person" }).fill("bob");
    await alice.page.getByRole("button", { name: "Create" }).click();
    await alice.page.getByRole("heading", { name: "bob", exact: true }).waitFor();
    await alice.writes("Just between us");

    await bob.listed("alice: Just between us").click();
    await bob.page.getByRole("heading", { name: "alice", exact: true }).waitFor();
  },
);

test("scrolling up loads the whole history, in order and once", { skip }, async (t) => {
  const { title, id, chat } = await group("Long", ["alice", "bob"]);
  const other = await behind("bob");
  const said = Array.from({ length: 120 }, (_, index) => `number ${index + 1}`);
  await Promise.all(said.map((text, index) => (index % 2 ? chat : other).send(id, text)));
  const { messages } = await chat.history(id, { limit: 100 });
  const [bob] = await gathers(t, "bob");

  await bob.opens(title);
  await bob.sees(messages.at(-1)?.content ?? "");
  const beginning = bob.page.getByText("The conversation begins here.");
  while (!(await beginning.isVisible())) {
    await bob.page.getByRole("log").evaluate((box) => (box.scrollTop = 0));
  }

  const contents = await bob.contents();
  assert.deepEqual(contents.slice(-100), messages.map(({ content }) => content).slice(-100));
  assert.deepEqual([...contents].sort(), [...said].sort());
});

test("a second tab of the same user shows the same", { skip }, async (t) => {
  const { title, id, chat } = await group("Two tabs", ["bob", "alice"]);
  const alice = await (await arrives(t, "alice")).signsIn();
  const second = await (await alice.opensAnotherTab()).signsIn();

  await alice.opens(title);
  await alice.writes("From the first tab");
  await second.listed(`${title}`).getByText("You: From the first tab").waitFor();
  await second.opens(title);
  await second.sees("From the first tab");
  await second.opens("General");
  await chat.send(id, "From bob");
  await alice.sees("From bob");

  await second.listed(title).getByText("bob: From bob").waitFor();
  await alice.page.bringToFront();
  await second.listed(title).getByText("unread").waitFor({ state: "detached" });
});
