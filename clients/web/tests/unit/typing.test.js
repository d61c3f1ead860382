import assert from "node:assert/strict";
import { test } from "node:test";

import { Script, heard, pushed } from "../support/script.js";

/** @import { TypingNotice } from "../../src/types.js" */
/** @import { Wire } from "../support/wire.js" */

const BOB = { conversation_id: "general", user_id: "u-bob", username: "bob" };

/** @param {Script} service */
async function signedIn(service) {
  const chat = service.connect();
  await service.signsIn(chat);
  return chat;
}

/** @param {Partial<Wire<TypingNotice>>} [fields] */
function typing(fields) {
  return { type: "typing", data: { ...BOB, is_typing: true, expires_in_seconds: 6, ...fields } };
}

test("keystrokes are announced once in three seconds", async () => {
  const service = new Script();
  const chat = await signedIn(service);

  for (let second = 0; second < 7; second++) {
    chat.typing("general");
    chat.typing("general");
    await service.clock.pass(1_000);
  }

  const frames = service.socket.received;
  assert.equal(frames.length, 3);
  assert.deepEqual(frames[0], {
    type: "typing",
    conversationId: "general",
    data: { is_typing: true },
  });
});

test("stopping is announced at once, and only after starting", async () => {
  const service = new Script();
  const chat = await signedIn(service);

  chat.typing("general", false);
  chat.typing("general");
  chat.typing("general", false);
  chat.typing("general", false);

  const told = service.socket.received.map(({ data }) => data.is_typing);
  assert.deepEqual(told, [true, false]);
});

test("typing while offline is never announced", async () => {
  const service = new Script();
  const chat = await signedIn(service);
  await service.closes();

  chat.typing("general");
  await service.clock.pass(1_000);
  await service.reopens();

  await service.receivesNothing();
});

test("a typing notice expires after the service's seconds", async () => {
  const service = new Script();
  const notices = heard(await signedIn(service), "typing");

  await service.pushes(typing({ expires_in_seconds: 4 }));
  await service.clock.pass(3_999);
  assert.equal(notices.length, 1);
  await service.clock.pass(1);

  assert.deepEqual(
    notices.map(({ username, isTyping }) => [username, isTyping]),
    [
      ["bob", true],
      ["bob", false],
    ],
  );
});

test("a repeated typing notice extends the first", async () => {
  const service = new Script();
  const notices = heard(await signedIn(service), "typing");

  for (let repeat = 0; repeat < 3; repeat++) {
    await service.pushes(typing());
    await service.clock.pass(5_000);
  }
  assert.ok(notices.every(({ isTyping }) => isTyping));
  await service.clock.pass(1_000);

  assert.equal(notices.at(-1)?.isTyping, false);
});

test("a message ends its author's typing", async () => {
  const service = new Script();
  const notices = heard(await signedIn(service), "typing");
  await service.pushes(typing());

  await service.pushes(pushed(1));
  await service.clock.pass(10_000);

  assert.deepEqual(
    notices.map(({ isTyping }) => isTyping),
    [true, false],
  );
});

test("the user's typing on another device is not an event", async () => {
  const service = new Script();
  const notices = heard(await signedIn(service), "typing");

  await service.pushes(typing({ user_id: "u-alice", username: "alice" }));

  assert.deepEqual(notices, []);
});
