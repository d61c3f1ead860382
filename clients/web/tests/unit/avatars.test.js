import assert from "node:assert/strict";
import { test } from "node:test";

import { Avatars } from "../../page/finding/avatars.js";
import { Profiles } from "../../page/finding/profiles.js";
import { FakeClock } from "../support/clock.js";

/** @import { Profile } from "../../src/index.js" */
/** @import { TestContext } from "node:test" */

/**
 * @param {TestContext} t
 * @param {(userIds: string[]) => Promise<Profile[]>} load
 */
function avatarsWith(t, load) {
  /** @type {Set<string>} URLs that take memory */
  const alive = new Set();
  const { createObjectURL, revokeObjectURL } = URL;
  t.mock.method(URL, "createObjectURL", (/** @type {Blob} */ blob) => {
    const url = createObjectURL(blob);
    alive.add(url);
    return url;
  });
  t.mock.method(URL, "revokeObjectURL", (/** @type {string} */ url) => {
    alive.delete(url);
    revokeObjectURL(url);
  });
  const clock = new FakeClock();
  const names = new Profiles();
  const avatars = new Avatars(names);
  avatars.use(load, clock);
  return { clock, names, avatars, alive };
}

/**
 * @param {string} userId
 * @param {string} [pictureId]
 * @param {string} [content]
 * @returns {Profile}
 */
function profile(userId, pictureId, content) {
  return {
    ...{ userId, username: userId },
    ...(pictureId && { pictureId }),
    ...(content && { picture: new Blob([content]) }),
  };
}

/** @param {string | null} url */
async function read(url) {
  return url === null ? null : (await fetch(url)).text();
}

test("pictures that are drawn at one time are loaded six a request, each once", async (t) => {
  /** @type {string[][]} */
  const asked = [];
  const ids = Array.from({ length: 14 }, (_, index) => `u${index}`);
  const { clock, names, avatars } = avatarsWith(t, async (wanted) => {
    asked.push(wanted);
    return wanted.map((id) => profile(id, "p", id));
  });
  names.note([...ids.map((id) => profile(id, "p")), profile("plain")]);

  const before = [...ids, "plain", "stranger"].map((id) => avatars.urlOf(id));
  for (let round = 0; round < 3; round++) {
    await clock.pass(1000);
    ids.forEach((id) => avatars.urlOf(id));
  }
  const after = await Promise.all(ids.map((id) => read(avatars.urlOf(id))));

  assert.ok(before.every((url) => url === null));
  assert.deepEqual(asked, [ids.slice(0, 6), ids.slice(6, 12), ids.slice(12)]);
  assert.deepEqual(after, ids);
});

test("another picture takes the place of the one that is shown until then", async (t) => {
  let content = "old";
  const { clock, names, avatars, alive } = avatarsWith(t, async () => [
    profile("bob", content, content),
  ]);
  let changes = 0;
  avatars.watch("bob", () => changes++);
  names.note([profile("bob", "old")]);
  avatars.urlOf("bob");
  await clock.pass(100);

  content = "new";
  names.note([profile("bob", "new")]);
  const meanwhile = await read(avatars.urlOf("bob"));
  await clock.pass(100);

  assert.equal(meanwhile, "old");
  assert.equal(await read(avatars.urlOf("bob")), "new");
  assert.deepEqual([...alive], [avatars.urlOf("bob")]);
  assert.ok(changes >= 3);
});

test("a picture that was removed is gone, and its memory is free", async (t) => {
  const { names, avatars, alive } = avatarsWith(t, async () => []);
  avatars.note([profile("bob", "p", "picture")]);
  assert.equal(alive.size, 1);

  names.note([profile("bob")]);

  assert.equal(avatars.urlOf("bob"), null);
  assert.equal(alive.size, 0);
});

test("pictures that are not on the page any more do not take more and more memory", async (t) => {
  const { avatars, alive } = avatarsWith(t, async () => []);
  const ends = Array.from({ length: 500 }, (_, index) => {
    avatars.note([profile(`u${index}`, "p", "picture")]);
    return avatars.watch(`u${index}`, () => {});
  });
  const shown = alive.size;

  for (const end of ends.slice(1)) end();

  assert.equal(shown, 500);
  assert.equal(alive.size, 201);
  assert.ok(alive.has(avatars.urlOf("u0") ?? ""));
  assert.ok(alive.has(avatars.urlOf("u499") ?? ""));
  assert.equal(avatars.urlOf("u1"), null);
});

test("a picture that cannot be loaded is asked for again a minute later, and not before", async (t) => {
  t.mock.method(console, "warn", () => {});
  let count = 0;
  const { clock, names, avatars } = avatarsWith(t, async () => {
    count++;
    throw new Error("no connection");
  });
  names.note([profile("bob", "p")]);

  for (let second = 0; second < 30; second++) {
    avatars.urlOf("bob");
    await clock.pass(1000);
  }
  const early = count;
  await clock.pass(60_000);
  avatars.urlOf("bob");
  await clock.pass(1000);

  assert.deepEqual([early, count], [1, 2]);
});

test("a user who has another picture by now than the list said is not asked for in a circle", async (t) => {
  let count = 0;
  const { clock, names, avatars } = avatarsWith(t, async () => {
    count++;
    return [profile("bob", "newer", "newer")];
  });
  names.note([profile("bob", "listed")]);

  for (let second = 0; second < 10; second++) {
    avatars.urlOf("bob");
    await clock.pass(1000);
  }

  assert.equal(count, 1);
  assert.equal(await read(avatars.urlOf("bob")), "newer");
});
