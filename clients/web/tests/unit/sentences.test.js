import assert from "node:assert/strict";
import { afterEach, test } from "node:test";

import { ParleyError } from "../../src/index.js";
import { presenceWords } from "../../page/last-seen.js";
import { problemText } from "../../page/problems.js";
import { lineOf } from "../../page/system-lines.js";
import { useLocale } from "../../page/words/index.js";

const ALICE = { userId: "u-alice", username: "alice" };
const BOB = { userId: "u-bob", username: "bob" };
const CAROL = { userId: "u-carol", username: "carol" };
const NOW = new Date(2026, 10, 22, 18, 0);

afterEach(() => useLocale("en"));

/**
 * @param {string} type
 * @param {Record<string, unknown>} data
 */
function line(type, data) {
  return lineOf({ type, data: { conversationId: "general", seq: 1, ...data } }, ALICE.userId);
}

const added = (/** @type {object} */ by, /** @type {object[]} */ ...members) =>
  line("members_added", { by, members });
const removed = (/** @type {object} */ by, /** @type {object} */ whom, isBanned = false) =>
  line("member_removed", { by, ...whom, isBanned });
const changed = (
  /** @type {object} */ by,
  /** @type {string} */ change,
  /** @type {object} */ more,
) => line("conversation_changed", { by, change, ...more });

test("what happens in a conversation is a sentence about the user or about others", () => {
  assert.equal(added(ALICE, BOB, CAROL), "You added bob and carol");
  assert.equal(added(BOB, ALICE, CAROL), "bob added you and carol");
  assert.equal(added(BOB, ALICE), "bob added you");
  assert.equal(removed(BOB, ALICE), "bob removed you");
  assert.equal(removed(BOB, BOB), "bob left");
  assert.equal(removed(ALICE, BOB, true), "You banned bob");
  assert.equal(changed(BOB, "role", { ...ALICE, role: "owner" }), "bob made you an owner");
  assert.equal(changed(ALICE, "role", { ...ALICE, role: "member" }), "You made yourself a member");
  assert.equal(changed(BOB, "renamed", { title: "Plans" }), "bob changed the title to Plans");
  assert.equal(changed(BOB, "slow_mode", { slowSeconds: 60 }), "bob set slow mode to 60 seconds");
  assert.equal(changed(BOB, "something new", {}), null);
});

test("a sentence calls people by the names that they are shown with", () => {
  const named = (/** @type {string} */ type, /** @type {object} */ data) =>
    lineOf({ type, data: { conversationId: "general", seq: 1, ...data } }, ALICE.userId, (person) =>
      person.username.toUpperCase(),
    );

  assert.equal(
    named("members_added", { by: BOB, members: [CAROL, ALICE] }),
    "BOB added CAROL and you",
  );
  assert.equal(named("members_added", { by: {}, members: [CAROL] }), "Somebody added CAROL");
  assert.equal(named("member_removed", { by: BOB, ...BOB }), "BOB left");
  assert.equal(
    named("conversation_changed", { by: BOB, change: "pinned" }),
    "BOB pinned a message",
  );
});

test("a change by a person who is not known is by somebody", () => {
  assert.equal(line("members_added", { members: [BOB] }), "Somebody added bob");
  assert.equal(changed(BOB, "unmuted", { userId: "u" }), "bob ended the mute of somebody");
});

test("the sentences of another language have its own order and cases", async () => {
  await useLocale("de");

  assert.equal(added(BOB, ALICE, CAROL), "bob hat dich und carol hinzugefügt");
  assert.equal(removed(BOB, ALICE), "bob hat dich entfernt");
  assert.equal(changed(ALICE, "unmuted", BOB), "Du lässt bob wieder schreiben");
});

test("how long ago somebody was seen is counted in the language's plural forms", async () => {
  const ago = (/** @type {number} */ minutes) =>
    presenceWords(
      { isOnline: false, lastSeenAt: new Date(NOW.getTime() - minutes * 60_000).toISOString() },
      NOW,
    );
  const english = [0, 1, 5].map(ago);
  await useLocale("ar");
  const arabic = [1, 2, 5, 11].map(ago);

  assert.deepEqual(english, [
    "Last seen just now",
    "Last seen 1 minute ago",
    "Last seen 5 minutes ago",
  ]);
  assert.deepEqual(arabic, [
    "آخر ظهور قبل دقيقة",
    "آخر ظهور قبل دقيقتين",
    "آخر ظهور قبل 5 دقائق",
    "آخر ظهور قبل 11 دقيقة",
  ]);
});

test("a problem is worded by its code", async () => {
  const problems = [
    new ParleyError("forbidden", "Only an owner may do this."),
    new ParleyError("bad_request", "There is no user 'bbo'.", {
      data: { field: "data.members[0]" },
    }),
    new ParleyError("too_many_attempts", "Wait.", { data: { retryAfterSeconds: 1.2 } }),
    new ParleyError("rate_limited", "Wait.", { data: { retryAfterSeconds: 5, until: "" } }),
  ];

  const english = problems.map(problemText);
  await useLocale("de");
  const german = problems.map(problemText);

  assert.deepEqual(english, [
    "Only an owner may do this.",
    "There is no user 'bbo'.",
    "Too many attempts. Try again in 2 seconds.",
    "Too many. Try again in 5 seconds.",
  ]);
  assert.deepEqual(german, [
    "Das darfst du hier nicht.",
    "Einen dieser Benutzernamen gibt es nicht.",
    "Zu viele Versuche. Versuche es in 2 Sekunden noch einmal.",
    "Das war zu viel auf einmal. Versuche es in 5 Sekunden noch einmal.",
  ]);
});

test("a problem of a code that is not known is worded by the service", async () => {
  await useLocale("de");

  const code = /** @type {any} */ ("new_code");
  assert.equal(problemText(new ParleyError(code, "Not today.")), "Not today.");
  assert.equal(problemText(new Error("Out of memory.")), "Out of memory.");
});
