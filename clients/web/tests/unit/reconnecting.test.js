import assert from "node:assert/strict";
import { test } from "node:test";

import { ParleyError, connect } from "../../src/index.js";
import { Script, ScriptedSocket, heard, outcome, page, pushed } from "../support/script.js";

/**
 * @param {Script} service
 * @param {import("../../src/options.js").ConnectOptions} [options]
 */
async function signedIn(service, options) {
  const chat = service.connect(options);
  await service.signsIn(chat);
  return chat;
}

test("the reconnect delay's upper bound doubles up to 30 seconds", async () => {
  const service = new Script();
  service.random = 0.999;
  const chat = await signedIn(service);
  /** @type {number[]} */
  const delays = [];
  chat.on("state", ({ retryAt }) => {
    if (retryAt) delays.push(Math.round((retryAt - service.clock.now()) / 1000));
  });

  for (let attempt = 0; attempt < 8; attempt++) {
    await service.closes();
    while (service.socket.readyState !== 0) await service.clock.pass(500);
  }

  assert.deepEqual(delays, [1, 2, 4, 8, 16, 30, 30, 30]);
});

test("the reconnect delay has full jitter, down to zero", async () => {
  const service = new Script();
  service.random = 0;
  await signedIn(service);

  await service.closes();
  await service.clock.pass(0);

  assert.equal(service.sockets.length, 2);
});

test("only a connection that was stable resets the backoff", async () => {
  const service = new Script().keepsAlive();
  service.random = 0.999;
  const chat = await signedIn(service);
  const states = heard(chat, "state");
  const delay = () => Math.round(((states.at(-1)?.retryAt ?? 0) - service.clock.now()) / 1000);

  await service.closes();
  const first = delay();
  await service.clock.pass(1_000);
  await service.reopens();
  await service.closes();
  const second = delay();
  await service.clock.pass(2_000);
  await service.reopens();
  await service.clock.pass(60_000);
  await service.closes();

  assert.deepEqual([first, second, delay()], [1, 2, 1]);
});

test("the client reconnects to a service that was down for an hour", async () => {
  const service = new Script();
  const chat = await signedIn(service);
  await service.closes();

  for (let waited = 0; waited < 3_600_000; waited += 10_000) {
    await service.clock.pass(10_000);
    if (service.socket.readyState === 0) await service.closes();
  }
  while (service.socket.readyState !== 0) await service.clock.pass(1_000);
  await service.reopens();

  assert.equal(chat.state, "online");
});

test("a socket that does not open in time is given up", async () => {
  const service = new Script();
  const chat = service.connect();
  const identity = outcome(chat.authenticate({ token: "t" }));

  await service.clock.pass(10_000);

  assert.equal(service.sockets[0]?.readyState, 3);
  assert.equal(chat.state, "offline");
  assert.equal(identity.settled, false);
});

test("every change of state is an event, and offline has the time of the next attempt", async () => {
  const service = new Script();
  const chat = service.connect();
  const states = heard(chat, "state");
  await service.signsIn(chat);

  await service.closes();
  const lostAt = service.clock.now();
  await service.clock.pass(1_000);
  await service.reopens();

  assert.deepEqual(states, [
    { state: "connecting" },
    { state: "online" },
    { state: "offline", retryAt: lostAt + 500 },
    { state: "connecting" },
    { state: "online" },
  ]);
});

test("open conversations catch up as soon as the client is online again", async () => {
  const service = new Script().keepsAlive();
  const chat = await signedIn(service);
  const timeline = chat.open("general");
  await service.answers(await service.receives("history"), page([1, 2]));

  await service.closes();
  await service.clock.pass(1_000);
  await service.reopens();
  const request = await service.receives("history");
  await service.answers(request, page([3]));

  assert.equal(request.data.after_seq, 2);
  assert.deepEqual(
    timeline.messages.map(({ seq }) => seq),
    [1, 2, 3],
  );
});

test("a request waits for a connection and is repeated when its answer is lost", async () => {
  const service = new Script();
  const chat = await signedIn(service);
  await service.closes();
  const asked = outcome(chat.history("general", { before: 9, limit: 3 }));

  await service.clock.pass(1_000);
  await service.reopens();
  await service.receives("history");
  await service.closes();
  await service.clock.pass(1_000);
  await service.reopens();
  const request = await service.receives("history");
  await service.answers(request, page([6, 7, 8], true));

  assert.deepEqual(request.data, { before_seq: 9, limit: 3 });
  assert.equal(asked.value.hasMore, true);
});

test("a request that is not idempotent is never repeated", async () => {
  const service = new Script();
  const chat = await signedIn(service);
  const asked = outcome(chat.createConversation({ members: ["bob"], title: "Plans" }));

  await service.receives("create_conversation");
  await service.closes();
  await service.clock.pass(1_000);
  await service.reopens();

  assert.equal(asked.error.code, "outcome_unknown");
  await service.receivesNothing();
});

test("aborting rejects a waiting request", async () => {
  const service = new Script();
  const chat = await signedIn(service);
  await service.closes();
  const stop = new AbortController();
  const asked = outcome(chat.history("general", { signal: stop.signal }));

  stop.abort();
  await service.clock.pass(1_000);
  await service.reopens();

  assert.equal(asked.error.name, "AbortError");
  await service.receivesNothing();
});

test("a request while signed out rejects at once", async () => {
  const service = new Script();
  const chat = service.connect();

  const asked = outcome(chat.listConversations());
  await service.clock.pass(0);

  assert.equal(asked.error.code, "not_authenticated");
});

test("close ends the socket, every timer and everything that waits", async () => {
  const service = new Script();
  const chat = await signedIn(service);
  const sent = outcome(chat.send("general", "Hello"));
  const asked = outcome(chat.history("general"));
  chat.markRead({ conversationId: "general", messageId: "general:1", seq: 1 });
  await service.pushes({ type: "typing", data: { conversation_id: "general", is_typing: true } });
  await service.pushes(pushed(1));
  await service.pushes(pushed(3));

  chat.close();
  await service.clock.pass(0);

  assert.equal(service.clock.pending, 0);
  assert.equal(service.socket.readyState, 3);
  assert.deepEqual([sent.error.code, asked.error.code], ["closed", "closed"]);
  assert.equal(chat.state, "closed");
});

test("after close nothing starts", async () => {
  const service = new Script();
  const chat = await signedIn(service);
  chat.close();

  const attempt = outcome(chat.authenticate({ token: "t" }));
  const sent = outcome(chat.send("general", "Hello"));
  await service.clock.pass(60_000);

  assert.deepEqual([attempt.error.code, sent.error.code], ["closed", "closed"]);
  assert.equal(service.sockets.length, 1);
});

test("the signal of connect closes the client", async () => {
  const service = new Script();
  const stop = new AbortController();
  const chat = await signedIn(service, { signal: stop.signal });

  stop.abort();

  assert.equal(chat.state, "closed");
});

test("wake reconnects without waiting for the backoff", async () => {
  const service = new Script();
  const chat = await signedIn(service);
  await service.closes();

  chat.wake();
  await service.reopens();

  assert.equal(chat.state, "online");
});

test("when the network comes or goes the client checks its connection at once", async () => {
  const service = new Script();
  const network = new EventTarget();
  const chat = await signedIn(service, { network });

  network.dispatchEvent(new Event("offline"));
  await service.receives("heartbeat");
  await service.clock.pass(10_000);
  assert.equal(chat.state, "offline");
  network.dispatchEvent(new Event("online"));
  await service.reopens();

  assert.equal(chat.state, "online");
});

test("an address that the platform rejects makes authenticate reject", async () => {
  const service = new Script();
  const WebSocket = class extends ScriptedSocket {
    constructor() {
      super();
      throw new Error("Not from a page that came by https.");
    }
  };
  const chat = service.connect({ WebSocket });

  const attempt = outcome(chat.authenticate({ token: "t" }));
  await service.clock.pass(60_000);

  assert.equal(attempt.error.message, "Not from a page that came by https.");
  assert.equal(chat.state, "signed_out");
});

test("connect rejects an invalid address", () => {
  for (const url of ["", "general", "https://example.org/ws/chat"]) {
    const attempt = () => connect(url, { WebSocket: ScriptedSocket });

    assert.throws(attempt, (error) => error instanceof ParleyError && error.code === "bad_request");
  }
});
