import assert from "node:assert/strict";
import { test } from "node:test";

import { Script, heard, outcome, pushed } from "../support/script.js";

const HOUR = 3_600_000;

/** @type {[how: string, ms: number][]} */
const CHANGES = [
  ["back an hour", -HOUR],
  ["back a year", -365 * 24 * HOUR],
  ["forward a day", 24 * HOUR],
  ["forward a year", 365 * 24 * HOUR],
];

for (const [how, ms] of CHANGES) {
  test(`typing is announced as often when the clock is set ${how}`, async () => {
    const service = new Script().keepsAlive();
    const chat = service.connect();
    await service.signsIn(chat);
    chat.typing("general");
    await service.receives("typing");

    service.clock.set(ms);
    chat.typing("general");
    await service.receivesNothing();
    await service.clock.pass(3_000);
    chat.typing("general");

    await service.receives("typing");
  });

  test(`a message is sent again on the next connection when the clock is set ${how}`, async () => {
    const service = new Script().keepsAlive();
    const chat = service.connect();
    await service.signsIn(chat);
    const sent = outcome(chat.send("general", "Hello"));
    await service.receives("chat_message");

    await service.closes();
    service.clock.set(ms);
    await service.clock.pass(1_000);
    await service.reopens();
    const request = await service.receives("chat_message");
    await service.answers(request, pushed(1));

    assert.equal(sent.value.seq, 1);
  });

  test(`a request times out after as long when the clock is set ${how}`, async () => {
    const service = new Script().keepsAlive();
    const chat = service.connect();
    await service.signsIn(chat);
    const asked = outcome(chat.leaveConversation("general"));
    await service.receives("leave_conversation");

    service.clock.set(ms);
    await service.pushes({ message: "Internal server error" });
    await service.clock.pass(1_999);
    assert.equal(asked.settled, false);
    await service.clock.pass(1);

    assert.equal(asked.error.code, "outcome_unknown");
  });

  test(`an unstable connection continues the backoff when the clock is set ${how}`, async () => {
    const service = new Script().keepsAlive();
    const chat = service.connect();
    await service.signsIn(chat);
    await service.closes();
    await service.clock.pass(500);
    await service.reopens();

    service.clock.set(ms);
    await service.closes();
    await service.clock.pass(999);
    assert.equal(chat.state, "offline");
    await service.clock.pass(1);

    assert.equal(chat.state, "connecting");
  });

  test(`a stable connection resets the backoff when the clock is set ${how}`, async () => {
    const service = new Script().keepsAlive();
    const chat = service.connect();
    await service.signsIn(chat);
    await service.closes();
    await service.clock.pass(500);
    await service.reopens();

    await service.clock.pass(5_000);
    service.clock.set(ms);
    await service.closes();
    await service.clock.pass(500);

    assert.equal(chat.state, "connecting");
  });

  test(`heartbeats, receipts and the typing of others keep time when the clock is set ${how}`, async () => {
    const service = new Script();
    const chat = service.connect();
    await service.signsIn(chat);
    const notices = heard(chat, "typing");
    const bob = { conversation_id: "general", user_id: "u-bob", username: "bob" };
    await service.pushes({ type: "typing", data: { ...bob, is_typing: true } });
    chat.markRead({ conversationId: "general", messageId: "general:1", seq: 1 });

    service.clock.set(ms);
    await service.clock.pass(400);
    await service.answers(await service.receives("read_receipt"), { type: "ack" });
    await service.clock.pass(5_600);
    const lapsed = notices.at(-1)?.isTyping === false;
    await service.receivesNothing();
    await service.clock.pass(24_000);

    await service.receives("heartbeat");
    assert.ok(lapsed);
  });
}
