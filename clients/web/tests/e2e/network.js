import assert from "node:assert/strict";
import { test } from "node:test";

import { missing as skip } from "../support/chromium.js";
import { gathers, group, stack } from "./people.js";

test("messages that two people write while one is offline reach both", { skip }, async (t) => {
  const { title } = await group("A tunnel", ["alice", "bob"]);
  const [alice, bob] = await gathers(t, "alice", "bob");
  for (const person of [alice, bob]) await person.opens(title);
  await alice.writes("Into the tunnel");
  await bob.sees("Into the tunnel");

  await alice.losesTheNetwork();
  for (const text of ["Dark in here", "Still dark"]) await alice.writes(text);
  await alice.page.locator(".own.sending").nth(1).waitFor();
  await alice.poses("offline-desktop");
  await bob.writes("Where are you?");
  await bob.page.locator(".own.stored").getByText("Where are you?").waitFor();
  await alice.isBack();
  await bob.sees("Still dark");
  await alice.page.locator(".own.sending").first().waitFor({ state: "detached" });
  await alice.sees("Where are you?");

  const expected = ["Into the tunnel", "Where are you?", "Dark in here", "Still dark"];
  assert.deepEqual(await alice.contents(), expected);
  assert.deepEqual(await bob.contents(), expected);
});

test("a member removed while offline learns it once online", { skip }, async (t) => {
  const { title, id, chat } = await group("Gone meanwhile", ["alice", "bob"]);
  const [bob] = await gathers(t, "bob");
  await bob.opens(title);

  await bob.losesTheNetwork();
  await chat.removeMember(id, "bob");
  await bob.isBack();

  await bob.page.getByText(`You are no longer in ${title}.`).waitFor();
  await bob.listed(title).waitFor({ state: "detached" });
});

test("the web app survives a restart of the service", { skip }, async (t) => {
  const { title } = await group("A restart", ["alice", "bob"]);
  const [alice, bob] = await gathers(t, "alice", "bob");
  for (const person of [alice, bob]) await person.opens(title);
  await alice.writes("Before");
  await bob.sees("Before");

  await stack.end();
  for (const { page } of [alice, bob]) await page.getByText("Offline. What you write").waitFor();
  await alice.writes("Meanwhile");
  await stack.begin();
  for (const person of [alice, bob]) await person.retries();
  await bob.sees("Meanwhile");
  await bob.writes("After");

  await alice.sees("After");
  assert.deepEqual(await alice.contents(), ["Before", "Meanwhile", "After"]);
});

test("a reload stays signed in, and in the same conversation", { skip }, async (t) => {
  const { title, id, chat } = await group("A reload", ["alice", "bob"]);
  await chat.send(id, "Still here");
  const [bob] = await gathers(t, "bob");
  await bob.opens(title);

  await bob.page.reload();

  await bob.page.getByRole("heading", { name: title }).waitFor();
  await bob.sees("Still here");
});
