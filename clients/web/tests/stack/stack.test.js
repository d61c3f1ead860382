// Against a running stack with the demo users: PARLEY_URL=ws://127.0.0.1:8080/ws/chat npm run test:stack

import assert from "node:assert/strict";
import { test } from "node:test";

import { WebSocket } from "ws";

import { connect } from "../../src/index.js";

/** @import { Chat } from "../../src/index.js" */

const url = process.env["PARLEY_URL"] ?? "";
const skip = url ? false : "PARLEY_URL names no running stack.";

/** Connections that a test can break off. */
class Breakable extends WebSocket {
  /** @type {Breakable[]} */
  static all = [];

  /** @param {string} address */
  constructor(address) {
    super(address);
    Breakable.all.push(this);
  }

  static breakOff() {
    for (const socket of Breakable.all.splice(0)) socket.terminate();
  }
}

/**
 * @param {import("node:test").TestContext} t
 * @param {string} username
 */
async function signedIn(t, username) {
  // The socket of this package fits the browsers' in all that the client uses of it.
  const chat = connect(url, { WebSocket: /** @type {any} */ (Breakable) });
  t.after(() => chat.close());
  await chat.authenticate({ username, password: `${username}-demo-password` });
  return chat;
}

/**
 * @param {Chat} chat
 * @param {string} content
 */
async function arrival(chat, content) {
  const timeline = chat.open("general");
  while (!timeline.messages.some((message) => message.content === content)) {
    await new Promise((resolve) => timeline.on("change", resolve));
  }
  timeline.close();
}

/** @param {Chat} chat */
async function contents(chat) {
  const { messages } = await chat.history("general", { limit: 20 });
  return messages.map(({ content }) => content);
}

const unique = `${Date.now()}`;

test("what one sends the other receives", { skip }, async (t) => {
  const alice = await signedIn(t, "alice");
  const bob = await signedIn(t, "bob");

  const sent = await alice.send("general", `Hello ${unique}`);

  await arrival(bob, sent.content);
  assert.equal(sent.username, "alice");
});

test("broken connections lose no message and duplicate none", { skip }, async (t) => {
  const alice = await signedIn(t, "alice");
  const bob = await signedIn(t, "bob");
  const texts = ["one", "two", "three"].map((text) => `${text} ${unique}`);

  const sent = texts.map((text) => alice.send("general", text));
  Breakable.breakOff();
  await sent[0];
  Breakable.breakOff();

  await Promise.all(sent);
  await arrival(bob, texts.at(-1) ?? "");
  const shown = (await contents(bob)).filter((content) => texts.includes(content));
  assert.deepEqual(shown, texts);
});

test("a conversation of others rejects with its code", { skip }, async (t) => {
  const alice = await signedIn(t, "alice");

  const sent = alice.send("nobody-is-in-this", "Hello?");

  await assert.rejects(sent, { name: "ParleyError", code: "not_a_member" });
});
