import assert from "node:assert/strict";
import { test } from "node:test";

import { Script, heard, message, page, pushed, seqs } from "../support/script.js";

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

test("the service sets the heartbeat's interval", async () => {
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

test("a conversation that heartbeat_ack calls behind is caught up once", async () => {
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

test("messages pushed since the heartbeat was sent are not requested", async () => {
  const service = new Script();
  await signedIn(service);
  await service.pushes(pushed(42));
  await service.clock.pass(30_000);

  const request = await service.receives("heartbeat");
  await service.pushes(pushed(43));
  await service.answers(request, { type: "heartbeat_ack", data: { behind: { general: 43 } } });

  await service.receivesNothing();
});

/**
 * @param {Script} service
 * @param {number} count
 */
async function knows(service, count) {
  for (let n = 0; n < count; n++) await service.pushes(pushed(1, { conversation_id: `c${n}` }));
}

/** @param {Script} service */
async function receivesHeartbeats(service) {
  await service.clock.pass(0);
  const frames = service.socket.received.splice(0);
  assert.ok(frames.every(({ type }) => type === "heartbeat"));
  return frames;
}

for (const count of [1, 100, 101, 250]) {
  test(`every heartbeat names all of ${count} conversations, 100 a frame`, async () => {
    const service = new Script();
    await signedIn(service);
    await knows(service, count);

    for (let beat = 0; beat < 2; beat++) {
      await service.clock.pass(30_000);
      const frames = await receivesHeartbeats(service);
      const named = frames.map(({ data }) => Object.keys(data.positions));
      for (const frame of frames) await service.answers(frame, { type: "heartbeat_ack", data: {} });

      assert.ok(named.every(({ length }) => length <= 100));
      assert.equal(frames.length, Math.ceil(count / 100));
      assert.equal(new Set(named.flat()).size, count);
    }
  });
}

test("after a reconnection a heartbeat asks about all positions at once", async () => {
  const service = new Script();
  await signedIn(service);
  await knows(service, 130);

  await service.closes();
  await service.clock.pass(1_000);
  await service.reopens();

  const frames = await receivesHeartbeats(service);
  const named = frames.flatMap(({ data }) => Object.keys(data.positions));
  assert.equal(new Set(named).size, 130);
});

test("answers to several heartbeat frames may arrive in any order", async () => {
  const service = new Script();
  const messages = heard(await signedIn(service), "message");
  await service.pushes(pushed(1));
  await knows(service, 100);
  await service.clock.pass(30_000);
  const [first, second] = await receivesHeartbeats(service);
  assert.ok(first && second);

  await service.answers(second, { type: "error", code: "internal" });
  await service.answers(first, { type: "heartbeat_ack", data: { behind: { general: 2 } } });
  await service.answers(await service.receives("history"), page([2]));

  assert.deepEqual(seqs(messages.filter((it) => it.conversationId === "general")), [1, 2]);
});

test("one answered heartbeat frame of several keeps the connection", async () => {
  const service = new Script();
  const chat = await signedIn(service);
  await knows(service, 250);

  for (let beat = 0; beat < 3; beat++) {
    await service.clock.pass(30_000);
    const [, answered] = await receivesHeartbeats(service);
    assert.ok(answered);
    await service.answers(answered, { type: "heartbeat_ack", data: {} });
  }
  await service.clock.pass(29_000);

  assert.equal(chat.state, "online");
});

test("at most ten conversations catch up at a time", async () => {
  const service = new Script();
  const messages = heard(await signedIn(service), "message");
  await knows(service, 25);
  await service.clock.pass(30_000);
  const behind = Object.fromEntries(Array.from({ length: 25 }, (_, n) => [`c${n}`, 2]));
  await answersHeartbeat(service, behind);

  const waves = [];
  for (let wave; (wave = service.socket.received.splice(0)).length > 0;) {
    waves.push(wave.length);
    for (const request of wave) {
      const missed = message(2, { conversation_id: request["conversationId"] });
      await service.answers(request, { type: "history", data: { messages: [missed] } });
    }
  }

  assert.ok(
    waves.every((size) => size <= 10),
    `${waves}`,
  );
  assert.equal(messages.filter(({ seq }) => seq === 2).length, 25);
});

test("an unanswered heartbeat replaces the connection", async () => {
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

test("a slow connection that still delivers frames survives one missed heartbeat, not two", async () => {
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

test("an error counts as an answer to a heartbeat", async () => {
  const service = new Script();
  const chat = await signedIn(service);
  await service.clock.pass(30_000);

  const request = await service.receives("heartbeat");
  await service.answers(request, { type: "error", code: "internal" });
  await service.clock.pass(15_000);

  assert.equal(chat.state, "online");
});

test("frames of a dropped connection are ignored", async () => {
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

test("a list of conversations that has changed is an event, once for each change", async () => {
  const service = new Script();
  const chat = await signedIn(service);
  const changes = heard(chat, "conversations_changed");
  const named = [];

  for (const data of [{}, { inbox: 7 }, { inbox: 7 }, { inbox: 8 }]) {
    await service.clock.pass(30_000);
    const request = await service.receives("heartbeat");
    named.push(request.data.inbox);
    await service.answers(request, { type: "heartbeat_ack", data });
  }

  assert.deepEqual(named, [0, 0, 7, 7]);
  assert.deepEqual(changes, [{ inbox: 7 }, { inbox: 8 }]);
});

test("the number of one user's list is not named for another user", async () => {
  const service = new Script();
  const chat = await signedIn(service);
  await service.clock.pass(30_000);
  const request = await service.receives("heartbeat");
  await service.answers(request, { type: "heartbeat_ack", data: { inbox: 7 } });

  await service.pushes({ type: "signed_out", data: { reason: "sign_out" } });
  await service.signsIn(chat);
  await service.clock.pass(30_000);

  assert.equal((await service.receives("heartbeat")).data.inbox, 0);
});
