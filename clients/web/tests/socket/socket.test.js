import assert from "node:assert/strict";
import { test } from "node:test";

import { WebSocket } from "ws";

import { connect } from "../../src/index.js";
import { realClock, serve } from "../support/server.js";
import { addConversation } from "../support/service/conversations.js";
import { Service } from "../support/service/service.js";

/** @param {import("node:test").TestContext} t */
async function running(t) {
  const service = new Service({ clock: realClock });
  for (const name of ["alice", "bob"]) service.addUser(name);
  addConversation(service, "general", ["alice", "bob"]);
  const server = await serve(service);
  t.after(() => server.close());
  return server;
}

/**
 * @param {import("node:test").TestContext} t
 * @param {string} url
 * @param {string} username
 */
async function signedIn(t, url, username) {
  // The socket of this package fits the browsers' in all that the client uses of it.
  const chat = connect(url, { WebSocket: /** @type {any} */ (WebSocket) });
  t.after(() => chat.close());
  await chat.authenticate({ username, password: `${username}-password` });
  return chat;
}

/**
 * @param {import("../../src/index.js").Chat} chat
 * @returns {Promise<import("../../src/index.js").Message>}
 */
function nextMessage(chat) {
  return new Promise((resolve) => chat.on("message", resolve));
}

test("over a real socket what one sends the other receives", async (t) => {
  const { url } = await running(t);
  const alice = await signedIn(t, url, "alice");
  const bob = await signedIn(t, url, "bob");
  const received = nextMessage(bob);

  const sent = await alice.send("general", "Hello");

  assert.deepEqual(await received, sent);
});

test("over a real socket that breaks a message arrives once", async (t) => {
  const { url, cut } = await running(t);
  const alice = await signedIn(t, url, "alice");
  const bob = await signedIn(t, url, "bob");
  const timeline = bob.open("general");
  await timeline.ready();

  const sent = alice.send("general", "Hello");
  cut();

  assert.equal((await sent).content, "Hello");
  while (timeline.messages.length === 0) {
    await new Promise((resolve) => timeline.on("change", resolve));
  }
  assert.deepEqual(timeline.messages, [await sent]);
});
