import assert from "node:assert/strict";
import { test } from "node:test";

import { Script, heard, page, pushed, seqs } from "../support/script.js";

/** @param {Script} service */
async function signedIn(service) {
  const chat = service.connect();
  await service.signsIn(chat);
  return chat;
}

/** @param {Script} service */
async function answersHeartbeat(service, behind = {}) {
  const request = await service.receives("heartbeat");
  await service.answers(request, { type: "heartbeat_ack", data: { server_time: "…", behind } });
  return request;
}

test("a heartbeat is sent every 30 seconds", async () => {
  const service = new Script();
  await signedIn(service);

  for (let beat = 0; beat < 3; beat++) {
    await service.clock.pass(29_999);
    await service.receivesNothing();
    await service.clock.pass(1);
    await answersHeartbeat(service);
  }
});

test("the service sets the pace", async () => {
  const service = new Script();
  const chat = service.connect();
  const identity = chat.authenticate({ token: "t" });
  await service.opens();
  await service.pushes({ type: "connected", data: { protocol: 1, heartbeat_seconds: 5 } });
  await service.accepts();

  await service.clock.pass(5_000);

  await answersHeartbeat(service);
  assert.ok(await identity);
});

test("a heartbeat carries the position of each conversation", async () => {
  const service = new Script();
  await signedIn(service);
  await service.pushes(pushed(42));
  await service.pushes(pushed(7, { conversation_id: "random" }));

  await service.clock.pass(30_000);

  const request = await answersHeartbeat(service);
  assert.deepEqual(request.data.positions, { general: 42, random: 7 });
});

test("the position is that of the last message before a gap", async () => {
  const service = new Script();
  await signedIn(service);
  await service.pushes(pushed(1));
  await service.clock.pass(29_900);
  await service.pushes(pushed(3));

  await service.clock.pass(100);

  const request = await answersHeartbeat(service);
  assert.deepEqual(request.data.positions, { general: 1 });
});

test("a conversation that moved on without us is caught up on, and counted as caught up", async () => {
  const service = new Script();
  const messages = heard(await signedIn(service), "message");
  await service.pushes(pushed(42));
  await service.clock.pass(30_000);

  await answersHeartbeat(service, { general: 45 });
  await service.answers(await service.receives("history"), page([43, 44]));
  await service.clock.pass(30_000);

  const request = await answersHeartbeat(service);
  assert.deepEqual(seqs(messages), [42, 43, 44]);
  assert.deepEqual(request.data.positions, { general: 45 });
});

test("what was pushed since the heartbeat was sent is not asked for", async () => {
  const service = new Script();
  await signedIn(service);
  await service.pushes(pushed(42));
  await service.clock.pass(30_000);

  const request = await service.receives("heartbeat");
  await service.pushes(pushed(43));
  await service.answers(request, { type: "heartbeat_ack", data: { behind: { general: 43 } } });

  await service.receivesNothing();
});

test("no heartbeat names more than 20 conversations, and all come in turn", async () => {
  const service = new Script();
  await signedIn(service);
  for (let n = 0; n < 50; n++) await service.pushes(pushed(1, { conversation_id: `c${n}` }));

  const named = new Set();
  for (let beat = 0; beat < 3; beat++) {
    await service.clock.pass(30_000);
    const { positions } = (await answersHeartbeat(service)).data;
    assert.ok(Object.keys(positions).length <= 20);
    for (const id of Object.keys(positions)) named.add(id);
  }

  assert.equal(named.size, 50);
});

test("a conversation on show is named in every heartbeat", async () => {
  const service = new Script();
  const chat = await signedIn(service);
  for (let n = 0; n < 50; n++) await service.pushes(pushed(2, { conversation_id: `c${n}` }));
  const timeline = chat.open("c49");
  await service.answers(await service.receives("history"), page([]));

  for (let beat = 0; beat < 3; beat++) {
    await service.clock.pass(30_000);
    const { positions } = (await answersHeartbeat(service)).data;
    assert.ok("c49" in positions);
  }

  assert.equal(timeline.conversationId, "c49");
});

test("after a reconnection all positions are asked about at once", async () => {
  const service = new Script();
  await signedIn(service);
  for (let n = 0; n < 30; n++) await service.pushes(pushed(1, { conversation_id: `c${n}` }));

  await service.closes();
  await service.clock.pass(1_000);
  await service.reopens();

  const first = await answersHeartbeat(service);
  const second = await answersHeartbeat(service);
  const named = { ...first.data.positions, ...second.data.positions };
  assert.equal(Object.keys(named).length, 30);
});

test("a connection on which a heartbeat meets silence is dead, and another is opened", async () => {
  const service = new Script();
  const chat = await signedIn(service);
  await service.clock.pass(30_000);
  await service.receives("heartbeat");

  await service.clock.pass(10_000);

  assert.equal(chat.state, "offline");
  await service.clock.pass(1_000);
  await service.reopens();
  assert.equal(chat.state, "online");
});

test("a slow connection, on which something still comes, has a second chance and no third", async () => {
  const service = new Script();
  const chat = await signedIn(service);

  await service.clock.pass(30_000);
  await service.pushes(pushed(1));
  await service.clock.pass(10_000);
  assert.equal(chat.state, "online");
  await service.clock.pass(20_000);
  await service.pushes(pushed(2));
  await service.clock.pass(10_000);

  assert.equal(chat.state, "offline");
});

test("an error is an answer to a heartbeat too", async () => {
  const service = new Script();
  const chat = await signedIn(service);
  await service.clock.pass(30_000);

  const request = await service.receives("heartbeat");
  await service.answers(request, { type: "error", code: "internal" });
  await service.clock.pass(15_000);

  assert.equal(chat.state, "online");
});

test("frames of a connection given up for dead are not heard any more", async () => {
  const service = new Script();
  const messages = heard(await signedIn(service), "message");
  const dead = service.socket;
  const late = dead.onmessage;
  await service.clock.pass(40_000);

  await service.clock.pass(1_000);
  await service.reopens();

  assert.equal(dead.onmessage, null);
  assert.ok(late);
  assert.equal(dead.readyState, 3);
  assert.deepEqual(messages, []);
});
