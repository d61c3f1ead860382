import assert from "node:assert/strict";
import { test } from "node:test";

import { CONTENT_BYTES } from "../../src/index.js";
import { Script, heard, known, message, outcome, pushed } from "../support/script.js";

/** @import { Chat } from "../../src/index.js" */

/** @param {Script} service */
async function signedIn(service) {
  const chat = service.connect();
  await service.signsIn(chat);
  return chat;
}

/**
 * What the service stored of a request.
 * @param {any} request
 * @param {number} seq
 */
function stored({ clientMessageId, data }, seq) {
  const own = { user_id: "u-alice", username: "alice", client_message_id: clientMessageId };
  return pushed(seq, { ...own, content: data.content });
}

test("send resolves with the stored message", async () => {
  const service = new Script();
  const chat = await signedIn(service);

  const sent = outcome(chat.send("general", "Hello"));
  const request = await service.receives("chat_message");
  await service.answers(request, stored(request, 7));

  assert.equal(request.conversationId, "general");
  assert.deepEqual(request.data, { content: "Hello", type: "text" });
  assert.equal(sent.value.seq, 7);
});

test("the user's own message is delivered like any other, once", async () => {
  const service = new Script();
  const chat = await signedIn(service);
  const messages = heard(chat, "message");

  const sent = outcome(chat.send("general", "Hello"));
  const request = await service.receives("chat_message");
  await service.answers(request, stored(request, 7));
  await service.pushes(stored(request, 7));

  assert.ok(sent.value);
  assert.deepEqual(
    messages.map(({ content }) => content),
    ["Hello"],
  );
});

test("a reply names the message that it refers to, and mentions name users", async () => {
  const service = new Script();
  const chat = await signedIn(service);
  const steps = heard(chat, "outgoing");

  chat.reply(known(3), "Yes", { mentions: ["u-bob"] });
  const request = await service.receives("chat_message");

  assert.equal(request.conversationId, "general");
  const extra = { reply_to: "general:3", mentions: ["u-bob"] };
  assert.deepEqual(request.data, { content: "Yes", type: "text", ...extra });
  assert.deepEqual([steps[0]?.replyTo, steps[0]?.mentions], ["general:3", ["u-bob"]]);
});

test("a reply that failed is sent again as the same reply", async () => {
  const service = new Script();
  const chat = await signedIn(service);
  const steps = heard(chat, "outgoing");
  const sent = outcome(chat.reply(known(3), "Yes", { mentions: ["u-bob"] }));
  const first = await service.receives("chat_message");
  await service.answers(first, { type: "error", code: "forbidden" });
  const failed = steps.at(-1);

  assert.ok(sent.error && failed);
  chat.resend(failed);
  const second = await service.receives("chat_message");

  assert.deepEqual({ ...second, requestId: first.requestId }, first);
});

test("a message waits for the one before it in its conversation", async () => {
  const service = new Script();
  const chat = await signedIn(service);
  const outcomes = ["one", "two"].map((content) => outcome(chat.send("general", content)));

  const first = await service.receives("chat_message");
  await service.receivesNothing();
  await service.answers(first, stored(first, 1));
  const second = await service.receives("chat_message");
  await service.answers(second, stored(second, 2));

  assert.deepEqual([first.data.content, second.data.content], ["one", "two"]);
  assert.deepEqual(
    outcomes.map(({ value }) => value.seq),
    [1, 2],
  );
});

test("a waiting message does not delay other conversations", async () => {
  const service = new Script();
  const chat = await signedIn(service);

  const outcomes = ["general", "random"].map((id) => outcome(chat.send(id, "Hello")));

  const first = await service.receives("chat_message");
  const second = await service.receives("chat_message");
  assert.deepEqual([first.conversationId, second.conversationId], ["general", "random"]);
  assert.ok(outcomes.every(({ settled }) => !settled));
});

test("messages written offline are sent in order once online", async () => {
  const service = new Script();
  const chat = await signedIn(service);
  await service.closes();

  const outcomes = ["one", "two"].map((content) => outcome(chat.send("general", content)));
  await service.clock.pass(1_000);
  await service.reopens();
  const first = await service.receives("chat_message");
  await service.answers(first, stored(first, 1));
  const second = await service.receives("chat_message");
  await service.answers(second, stored(second, 2));

  assert.deepEqual([first.data.content, second.data.content], ["one", "two"]);
  assert.ok(outcomes.every(({ value }) => value));
});

test("a message without an answer is sent again on the next connection as the same message", async () => {
  const service = new Script();
  const chat = await signedIn(service);
  const sent = outcome(chat.send("general", "Hello"));

  const first = await service.receives("chat_message");
  await service.closes();
  await service.clock.pass(1_000);
  await service.reopens();
  const second = await service.receives("chat_message");
  await service.answers(second, stored(second, 1));

  assert.equal(second.clientMessageId, first.clientMessageId);
  assert.equal(sent.value.seq, 1);
});

test("a message that turns up in a push or in history is not sent again", async () => {
  const service = new Script();
  const chat = await signedIn(service);
  const sent = outcome(chat.send("general", "Hello"));

  const request = await service.receives("chat_message");
  await service.pushes(stored(request, 3));
  await service.closes();
  await service.clock.pass(1_000);
  await service.reopens();

  assert.equal(sent.value.seq, 3);
  await service.receives("heartbeat");
  await service.receivesNothing();
});

test("another user's message with the same clientMessageId is not mistaken for the user's", async () => {
  const service = new Script();
  const chat = await signedIn(service);
  const sent = outcome(chat.send("general", "Hello", { clientMessageId: "1" }));

  await service.pushes(pushed(3, { client_message_id: "1" }));

  assert.equal(sent.settled, false);
});

test("an unanswered message is followed by a heartbeat and repeated", async () => {
  const service = new Script();
  const chat = await signedIn(service);
  const sent = outcome(chat.send("general", "Hello"));

  const first = await service.receives("chat_message");
  await service.clock.pass(15_000);
  await service.receives("heartbeat");
  const second = await service.receives("chat_message");
  await service.answers(second, stored(second, 1));

  assert.equal(second.clientMessageId, first.clientMessageId);
  assert.equal(sent.value.seq, 1);
});

test("an error frame of the gateway shortens the wait before a message is repeated", async () => {
  const service = new Script();
  const chat = await signedIn(service);
  const sent = outcome(chat.send("general", "Hello"));
  const first = await service.receives("chat_message");

  const failure = { message: "Internal server error", connectionId: "c", requestId: "aws" };
  await service.pushes(failure);
  await service.clock.pass(2_000);
  await service.receives("heartbeat");
  const second = await service.receives("chat_message");

  assert.equal(second.clientMessageId, first.clientMessageId);
  assert.equal(sent.settled, false);
});

for (const code of ["not_a_member", "too_large", "bad_request", "forbidden"]) {
  test(`a message refused with ${code} rejects, and the next one goes on`, async () => {
    const service = new Script();
    const chat = await signedIn(service);
    const refused = outcome(chat.send("general", "one"));
    const next = outcome(chat.send("general", "two"));

    await service.answers(await service.receives("chat_message"), { type: "error", code });
    const request = await service.receives("chat_message");
    await service.answers(request, stored(request, 1));

    assert.equal(refused.error.code, code);
    assert.equal(next.value.seq, 1);
  });
}

test("a rate-limited message waits at least as long as the service says", async () => {
  const service = new Script();
  const chat = await signedIn(service);
  const sent = outcome(chat.send("general", "Hello"));

  const first = await service.receives("chat_message");
  const data = { retry_after_seconds: 5 };
  await service.answers(first, { type: "error", code: "rate_limited", data });
  await service.clock.pass(5_000);
  await service.receivesNothing();
  await service.clock.pass(1_000);
  const second = await service.receives("chat_message");
  await service.answers(second, stored(second, 1));

  assert.equal(second.clientMessageId, first.clientMessageId);
  assert.equal(sent.value.seq, 1);
});

test("messages behind a rate-limited message wait with it", async () => {
  const service = new Script();
  const chat = await signedIn(service);
  const outcomes = ["one", "two"].map((content) => outcome(chat.send("general", content)));

  const refused = await service.receives("chat_message");
  const data = { retry_after_seconds: 5 };
  await service.answers(refused, { type: "error", code: "rate_limited", data });
  await service.receivesNothing();
  await service.clock.pass(6_000);
  const first = await service.receives("chat_message");
  await service.answers(first, stored(first, 1));
  const second = await service.receives("chat_message");
  await service.answers(second, stored(second, 2));

  assert.deepEqual([first.data.content, second.data.content], ["one", "two"]);
  assert.ok(outcomes.every(({ value }) => value));
});

test("a message fails after five service errors in a row, and resend keeps its id", async () => {
  const service = new Script().keepsAlive();
  const chat = await signedIn(service);
  const sent = outcome(chat.send("general", "Hello"));
  const steps = heard(chat, "outgoing");

  const ids = new Set();
  for (let attempt = 0; attempt < 5; attempt++) {
    const request = await service.receives("chat_message");
    ids.add(request.clientMessageId);
    await service.answers(request, { type: "error", code: "internal" });
    if (attempt < 4) await service.clock.pass(8_000);
  }
  const failed = steps.at(-1);
  const again = outcome(chat.resend(/** @type {any} */ (failed)));
  const request = await service.receives("chat_message");
  await service.answers(request, stored(request, 1));

  assert.equal(sent.error.code, "internal");
  assert.equal(failed?.state, "failed");
  assert.deepEqual([...ids], [request.clientMessageId]);
  assert.equal(again.value.seq, 1);
});

test("every message has a unique id even if random always returns the same", async () => {
  const service = new Script();
  const chat = await signedIn(service);

  const outcomes = ["a", "b"].map((conversation) => outcome(chat.send(conversation, "Hello")));

  const first = await service.receives("chat_message");
  const second = await service.receives("chat_message");
  assert.notEqual(first.clientMessageId, second.clientMessageId);
  assert.ok(first.clientMessageId.length <= 64);
  assert.equal(outcomes.length, 2);
});

test("a message unanswered for a day is not repeated, since it could be stored twice", async () => {
  const service = new Script();
  const chat = await signedIn(service);
  const sent = outcome(chat.send("general", "Hello"));
  await service.receives("chat_message");
  await service.closes();

  await service.clock.pass(24 * 3_600_000);
  while (service.socket.readyState !== 0) await service.clock.pass(1_000);
  await service.reopens();

  assert.equal(sent.error.code, "outcome_unknown");
  await service.receivesNothing();
});

test("content over the limit is rejected before anything is sent", async () => {
  const service = new Script();
  const chat = await signedIn(service);

  const tooLong = outcome(chat.send("general", "é".repeat(CONTENT_BYTES / 2 + 1)));
  const fits = outcome(chat.send("general", "é".repeat(CONTENT_BYTES / 2)));

  await service.receives("chat_message");
  assert.equal(tooLong.error.code, "too_large");
  assert.equal(fits.settled, false);
});

test("content whose frame would be over the limit is rejected before anything is sent", async () => {
  const service = new Script();
  const chat = await signedIn(service);

  const sent = outcome(chat.send("general", "\u0001".repeat(CONTENT_BYTES / 2)));

  await service.receivesNothing();
  assert.equal(sent.error.code, "too_large");
});

test("an empty message is rejected before anything is sent", async () => {
  const service = new Script();
  const chat = await signedIn(service);

  const sent = outcome(chat.send("general", ""));

  await service.receivesNothing();
  assert.equal(sent.error.code, "bad_request");
});

/** Half an emoji, and beside it what only looks like one when it is escaped. */
const CUT = "\uFEFFcut \uD83D \\ud83d \u{1F642} \n";
const WHOLE = "\uFEFFcut \uFFFD \\ud83d \u{1F642} \n";

/** @type {{ field: string, tell: (chat: Chat) => unknown, read: (frame: any) => string }[]} */
const FIELDS = [
  { field: "content", tell: (chat) => chat.send("g", CUT), read: ({ data }) => data.content },
  {
    field: "type",
    tell: (chat) => chat.send("g", "Hello", { type: CUT }),
    read: ({ data }) => data.type,
  },
  {
    field: "clientMessageId",
    tell: (chat) => chat.send("g", "Hello", { clientMessageId: CUT }),
    read: ({ clientMessageId }) => clientMessageId,
  },
  {
    field: "conversationId",
    tell: (chat) => chat.typing(CUT),
    read: ({ conversationId }) => conversationId,
  },
  {
    field: "title",
    tell: (chat) => chat.createConversation({ title: CUT, members: [] }),
    read: ({ data }) => data.title,
  },
  {
    field: "members",
    tell: (chat) => chat.addMembers("g", ["bob", CUT]),
    read: ({ data }) => data.members[1],
  },
  {
    field: "username",
    tell: (chat) => chat.removeMember("g", CUT),
    read: ({ data }) => data.username,
  },
  {
    field: "messageId",
    tell: (chat) => chat.markRead(known(1, { messageId: CUT })),
    read: ({ messageId }) => messageId,
  },
  {
    field: "cursor",
    tell: (chat) => chat.listConversations({ cursor: CUT }),
    read: ({ data }) => data.cursor,
  },
  {
    field: "password",
    tell: (chat) => chat.authenticate({ username: "alice", password: CUT }),
    read: ({ data }) => data.password,
  },
];

for (const { field, tell, read } of FIELDS) {
  test(`half a surrogate pair in ${field} is sent as the replacement character`, async () => {
    const service = new Script().keepsAlive();
    const chat = await signedIn(service);

    Promise.resolve(tell(chat)).catch(() => {});
    await service.clock.pass(400);

    assert.equal(read(service.socket.received[0]), WHOLE);
  });
}

test("half a surrogate pair in a field name is sent as the replacement character", async () => {
  const service = new Script();
  const chat = await signedIn(service);

  chat.follow(CUT, 3);
  const empty = { type: "history", data: { messages: [], has_more: false } };
  await service.answers(await service.receives("history"), empty);
  await service.clock.pass(30_000);

  const { data } = await service.receives("heartbeat");
  assert.deepEqual(data.positions, { [WHOLE]: 3 });
});

test("an error without requestId rejects the only outstanding request", async () => {
  const service = new Script();
  const chat = await signedIn(service);
  const refused = outcome(chat.send("general", "one"));
  const next = outcome(chat.send("general", "two"));

  await service.receives("chat_message");
  await service.pushes({ type: "error", code: "bad_request" });
  const request = await service.receives("chat_message");
  await service.answers(request, stored(request, 1));

  assert.equal(refused.error.code, "bad_request");
  assert.equal(next.value.seq, 1);
});

test("an error without requestId rejects nothing while several requests are outstanding", async () => {
  const service = new Script();
  const chat = await signedIn(service);
  const sent = ["general", "random"].map((id) => outcome(chat.send(id, "Hello")));
  await service.receives("chat_message");
  await service.receives("chat_message");

  await service.pushes({ type: "error", code: "bad_request" });

  assert.ok(sent.every(({ settled }) => !settled));
});

test("an error that may be for a typing notice does not reject a message", async () => {
  const service = new Script();
  const chat = await signedIn(service);
  chat.typing("elsewhere");
  await service.receives("typing");
  const sent = outcome(chat.send("general", "Hello"));
  const request = await service.receives("chat_message");

  await service.pushes({ type: "error", code: "not_a_member" });
  await service.answers(request, stored(request, 1));

  assert.equal(sent.value.seq, 1);
});

test("an auth_timeout rejects no request", async () => {
  const service = new Script();
  const chat = service.connect();
  const identity = outcome(chat.authenticate({ username: "alice", password: "secret" }));
  await service.opens();
  await service.receives("authenticate");

  await service.pushes({ type: "error", code: "auth_timeout" });
  await service.closes();
  await service.clock.pass(1_000);
  await service.reopens();

  assert.equal(identity.value.username, "alice");
});

test("a message that is never answered on a live connection times out, and the next is sent", async () => {
  const service = new Script().keepsAlive();
  const chat = await signedIn(service);
  const silent = outcome(chat.send("general", "one"));
  const next = outcome(chat.send("general", "two"));

  const contents = new Set();
  for (let asked = 0; asked < 40 && !silent.settled; asked++) {
    const request = await service.receives("chat_message");
    contents.add(request.data.content);
    await service.clock.pass(15_000);
  }
  const request = await service.receives("chat_message");
  await service.answers(request, stored(request, 1));

  assert.deepEqual([...contents], ["one"]);
  assert.equal(silent.error.code, "timeout");
  assert.equal(next.value.seq, 1);
});

test("timeouts on dead connections do not count against a message", async () => {
  const service = new Script().keepsAlive();
  const chat = await signedIn(service);
  const sent = outcome(chat.send("general", "Hello"));

  for (let connection = 0; connection < 3; connection++) {
    for (let asked = 0; asked < 15; asked++) {
      await service.receives("chat_message");
      await service.clock.pass(15_000);
    }
    await service.closes();
    await service.clock.pass(1_000);
    await service.reopens();
  }

  assert.equal(sent.settled, false);
});

test("a failed message that turns out to be stored becomes stored", async () => {
  const service = new Script();
  const chat = await signedIn(service);
  const steps = heard(chat, "outgoing");
  const stop = new AbortController();
  const sent = outcome(chat.send("general", "Hello", { signal: stop.signal }));
  const request = await service.receives("chat_message");

  stop.abort();
  await service.pushes(stored(request, 1));
  chat.discard(/** @type {any} */ (steps.at(-1)));

  assert.equal(sent.error.name, "AbortError");
  assert.deepEqual(
    steps.map(({ state }) => state),
    ["sending", "failed", "stored"],
  );
});

test("failed messages with one id in two conversations are separate", async () => {
  const service = new Script();
  const chat = await signedIn(service);
  const steps = heard(chat, "outgoing");
  const options = { clientMessageId: "1" };
  const sent = ["general", "random"].map((id) => outcome(chat.send(id, "Hello", options)));
  for (const code of ["forbidden", "forbidden"]) {
    await service.answers(await service.receives("chat_message"), { type: "error", code });
  }

  for (const failed of steps.filter(({ state }) => state === "failed")) chat.discard(failed);

  assert.ok(sent.every(({ error }) => error.code === "forbidden"));
  assert.equal(steps.filter(({ state }) => state === "discarded").length, 2);
});

test("aborting withdraws a waiting message, and the others are sent", async () => {
  const service = new Script();
  const chat = await signedIn(service);
  await service.closes();
  const stop = new AbortController();
  const withdrawn = outcome(chat.send("general", "one", { signal: stop.signal }));
  const next = outcome(chat.send("general", "two"));

  stop.abort();
  await service.clock.pass(1_000);
  await service.reopens();

  assert.equal((await service.receives("chat_message")).data.content, "two");
  assert.equal(withdrawn.error.name, "AbortError");
  assert.equal(next.settled, false);
});

test("every state of an outgoing message is an event", async () => {
  const service = new Script();
  const chat = await signedIn(service);
  const steps = heard(chat, "outgoing");

  const sent = outcome(chat.send("general", "Hello"));
  const request = await service.receives("chat_message");
  await service.answers(request, stored(request, 1));

  assert.ok(sent.value);
  assert.deepEqual(
    steps.map(({ state }) => state),
    ["sending", "stored"],
  );
});

test("a listener that throws stops neither other listeners nor the client", async (t) => {
  const service = new Script();
  const chat = await signedIn(service);
  /** @type {unknown[]} */
  const uncaught = [];
  const previous = process.listeners("uncaughtException");
  process.removeAllListeners("uncaughtException");
  process.once("uncaughtException", (error) => uncaught.push(error));
  t.after(() => previous.forEach((listener) => process.on("uncaughtException", listener)));
  chat.on("message", () => {
    throw new Error("of the application");
  });
  const messages = heard(chat, "message");

  await service.pushes({ type: "chat_message", data: message(1) });

  assert.equal(messages.length, 1);
  assert.equal(String(uncaught[0]), "Error: of the application");
});
