import assert from "node:assert/strict";
import { test } from "node:test";

import { DESKTOP, PHONE, barriers, missing as skip } from "../support/chromium.js";
import { arrives, behind, group } from "./people.js";

/** @import { Person } from "./people.js" */

/** @type {[who: string, content: string][]} */
const LINES = [
  ["bob", "Where do we want to go this year? I'd like to see water."],
  ["carol", "The lakes? We can take the slow train, it is beautiful."],
  ["carol", "And it stops where one can swim."],
  ["alice", "I like that. Who looks for a place to stay?"],
  ["bob", "I found a house with a jetty, free in the second week of June."],
  ["alice", "Book it! 🙂"],
];

/** @type {ReturnType<typeof talk> | null} */
let talked = null;

/** A conversation to look at, the same for all. */
async function talk() {
  const chats = await Promise.all(["alice", "bob", "carol"].map((name) => behind(name)));
  const { title, id } = await group("The lakes", ["alice", "bob", "carol"]);
  for (const [who, content] of LINES) {
    await chats.find(({ user }) => user?.username === who)?.send(id, content);
  }
  return { title, types: () => chats[1]?.typing(id) };
}

for (const [size, look] of Object.entries({ desktop: DESKTOP, phone: PHONE })) {
  for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
    test(`axe finds nothing on the real pages: ${size}, ${colorScheme}`, { skip }, async (t) => {
      const { title, types } = await (talked ??= talk());
      const options = { ...look, colorScheme, reducedMotion: /** @type {const} */ ("reduce") };
      const alice = await arrives(t, "alice", options);
      const looks = (/** @type {string} */ at) => poses(alice, `${at}-${size}-${colorScheme}`);

      await alice.page.goto(alice.wire.page);
      await looks("signing-in");
      await alice.signsIn();
      await looks("conversations");
      await alice.page.getByRole("button", { name: "New conversation" }).click();
      await looks("new-conversation");
      await alice.page.getByRole("button", { name: "Cancel" }).click();
      await alice.opens(title);
      await alice.sees("Book it! 🙂");
      types();
      await alice.page.getByText("bob is typing").waitFor();
      await looks("messages");
      await alice.page.getByRole("button", { name: "People" }).click();
      await alice.page.getByRole("button", { name: "Remove bob" }).waitFor();
      await looks("people");
      await alice.page.getByRole("button", { name: "Close", exact: true }).click();
      await alice.losesTheNetwork();
      await alice.writes("Is there a bakery?");
      await looks("offline");
    });
  }
}

test("the frames panel shows the real frames without secrets", { skip }, async (t) => {
  const alice = await (await arrives(t, "alice")).signsIn();

  await alice.page.getByRole("button", { name: "Frames on the wire" }).click();
  await alice.page.getByText("auth_success", { exact: true }).click();
  await poses(alice, "frames-desktop");

  const text = (await alice.page.locator("#frame-list").textContent()) ?? "";
  assert.ok(text.includes(`"heartbeat_seconds": 30`));
  assert.ok(!text.includes("alice-demo-password") && !/"token": "(?!•••)/.test(text));
});

/**
 * @param {Person} person
 * @param {string} name
 */
async function poses(person, name) {
  await person.poses(name);
  assert.deepEqual(await barriers(person.page), [], name);
}
