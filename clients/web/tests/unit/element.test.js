import assert from "node:assert/strict";
import { test } from "node:test";

import { KEYS, wordsOfElement } from "../../element/keys.js";
import { rowsOf } from "../../element/rows.js";
import { SignIn } from "../../element/sign-in.js";
import { Texts } from "../../element/texts.js";
import DE from "../../page/words/de.js";
import EN from "../../page/words/en.js";
import { SavedToken } from "../../page/token.js";
import { ParleyError } from "../../src/index.js";
import { settled } from "../support/clock.js";
import { Script } from "../support/script.js";
import { FakeStorage } from "../support/storage.js";

/** @import { Message } from "../../src/index.js" */

const ALICE = { userId: "u-alice", username: "alice" };
const NOW = new Date("2026-01-02T12:00:00");

/**
 * @param {number} seq
 * @param {Partial<Message>} [fields]
 * @returns {Message}
 */
function stored(seq, fields) {
  return {
    ...{ messageId: `general:${seq}`, conversationId: "general", seq, userId: "u-bob" },
    ...{ username: "bob", content: `message ${seq}`, type: "text" },
    ...{ createdAt: new Date("2026-01-01T12:00:00").toISOString(), ...fields },
  };
}

/**
 * @param {Message[]} messages
 * @param {number | null} [unreadAfter]
 */
function rows(messages, unreadAfter = null) {
  return rowsOf({ messages, outgoing: [], me: ALICE, unreadAfter, now: NOW });
}

test("a day and an author are named once for the messages that belong together", () => {
  const later = new Date("2026-01-01T12:06:00").toISOString();
  const nextDay = new Date("2026-01-02T00:00:00").toISOString();
  const all = [stored(1), stored(2), stored(3, { createdAt: later }), stored(4, ALICE)];

  const shown = rows([...all, stored(5, { createdAt: nextDay })]);

  const says = shown.map((row) => ("opensRun" in row ? row.opensRun : row.kind));
  assert.deepEqual(says, ["day", true, false, true, true, "day", true]);
});

test("the line stands above the first message of others that the user has not read", () => {
  const shown = rows([stored(1), stored(2, ALICE), stored(3), stored(4)], 1);

  assert.deepEqual(
    shown.map(({ kind }) => kind),
    ["day", "message", "message", "unread", "message", "message"],
  );
  assert.equal(rows([stored(1)], 1).length, 2);
});

test("a message of the user's own is the same row before and after it is stored", () => {
  const outgoing = [
    /** @type {const} */ ({
      ...{ clientMessageId: "c1", conversationId: "general", content: "Hello", type: "text" },
      state: "sending",
    }),
  ];

  const before = rowsOf({ messages: [], outgoing, me: ALICE, unreadAfter: null, now: NOW });
  const after = rows([stored(1, { ...ALICE, clientMessageId: "c1" })]);

  assert.equal(before.at(-1)?.key, after.at(-1)?.key);
});

test("the bundle has the words that the element shows, and no others", () => {
  const words = wordsOfElement(EN);

  for (const key of KEYS) assert.ok(key in words, key);
  assert.ok("problem.muted" in words);
  assert.ok(!("lightbox.close" in words));
});

test("an element is in the language of its place, and in English where that is another one", () => {
  const german = new Texts("de-AT", {}, ["en-US"]);
  const french = new Texts("fr", { "composer.send": "Envoyer" }, ["fr-FR"]);

  assert.equal(german.text("composer.send"), DE["composer.send"]);
  assert.equal(french.text("composer.send"), "Envoyer");
  assert.equal(french.text("composer.placeholder"), EN["composer.placeholder"]);
  assert.equal(new Texts("ar", {}, []).direction, "rtl");
});

test("a day is named as people call it", () => {
  const texts = new Texts("en", {}, ["en-US"]);
  const days = ["2026-01-02T08:00", "2026-01-01T08:00", "2025-12-24T08:00"];

  const names = days.map((day) => texts.day(new Date(day), NOW));

  assert.deepEqual(names, ["Today", "Yesterday", "December 24, 2025"]);
});

/** @param {string | null} source */
function signingIn(source) {
  const service = new Script().keepsAlive();
  const storage = new FakeStorage();
  const saved = new SavedToken("ws://service.test", { tab: storage, shared: null });
  const signIn = new SignIn(service.connect(), source, saved, () => {});
  return { service, saved, signIn };
}

test("a token of the page that is not accepted ends the session, and asks for no password", async () => {
  const { service, signIn } = signingIn("a token");

  signIn.start();
  await service.opens();
  const request = await service.receives("authenticate");
  const refusal = { type: "auth_error", code: "invalid_token", message: "Sign in again." };
  await service.answers(request, refusal);
  await settled();

  assert.equal(request.data.token, "a token");
  assert.equal(signIn.stage, "ended");
  assert.ok(signIn.error instanceof ParleyError && signIn.error.code === "invalid_token");
});

test("a user who signed in by a password stays signed in with the token until the end", async () => {
  const { service, saved, signIn } = signingIn(null);

  signIn.start();
  const first = signIn.stage;
  signIn.submit("alice", "secret");
  await service.reopens();
  const kept = saved.read();
  const stage = signIn.stage;
  await service.pushes({ type: "signed_out", data: { reason: "signed_out" } });

  assert.deepEqual([first, stage, signIn.stage], ["form", "in", "form"]);
  assert.equal(kept?.user.username, "alice");
  assert.equal(saved.read(), null);
});
