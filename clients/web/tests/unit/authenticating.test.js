import assert from "node:assert/strict";
import { test } from "node:test";

import { ParleyError } from "../../src/index.js";
import { Script, heard, outcome } from "../support/script.js";

const BOB = { user_id: "u-bob", username: "bob" };

test("no socket is opened before somebody authenticates", async () => {
  const service = new Script();

  const chat = service.connect();

  assert.equal(chat.state, "signed_out");
  assert.equal(service.sockets.length, 0);
});

test("the password is presented as soon as the socket opens", async () => {
  const service = new Script();
  const chat = service.connect();

  const identity = chat.authenticate({ username: "alice", password: "secret" });
  await service.opens();

  const request = await service.accepts();
  assert.deepEqual(request.data, { accepts: ["batch"], username: "alice", password: "secret" });
  assert.equal((await identity).username, "alice");
  assert.equal(chat.state, "online");
});

test("after a reconnection the token is presented, not the password", async () => {
  const service = new Script();
  const chat = service.connect();
  await service.signsIn(chat);

  await service.closes();
  await service.clock.pass(1_000);
  await service.opens();

  const request = await service.receives("authenticate");
  assert.deepEqual(request.data, { accepts: ["batch"], token: "token-1" });
});

test("the latest token is presented", async () => {
  const service = new Script();
  const chat = service.connect();
  await service.signsIn(chat);

  for (const token of ["token-1", "token-2"]) {
    await service.closes();
    await service.clock.pass(1_000);
    await service.opens();
    const request = await service.accepts();

    assert.deepEqual(request.data, { accepts: ["batch"], token });
  }
});

test("a wrong password rejects with the service's code and ends signed out", async () => {
  const service = new Script();
  const chat = service.connect();
  const attempt = outcome(chat.authenticate({ username: "alice", password: "wrong" }));
  await service.opens();

  const request = await service.receives("authenticate");
  await service.answers(request, { type: "auth_error", code: "invalid_credentials" });

  assert.ok(attempt.error instanceof ParleyError);
  assert.equal(attempt.error.code, "invalid_credentials");
  assert.equal(chat.state, "signed_out");
});

test("too many attempts say when to try again", async () => {
  const service = new Script();
  const chat = service.connect();
  const attempt = outcome(chat.authenticate({ username: "alice", password: "wrong" }));
  await service.opens();

  const request = await service.receives("authenticate");
  const data = { retry_after_seconds: 60 };
  await service.answers(request, { type: "auth_error", code: "too_many_attempts", data });

  assert.equal(attempt.error.retryAfterSeconds, 60);
});

test("authentication that fails or times out is retried on another connection", async () => {
  const service = new Script();
  const chat = service.connect();
  const attempt = outcome(chat.authenticate({ username: "alice", password: "secret" }));
  await service.opens();

  const request = await service.receives("authenticate");
  await service.answers(request, { type: "error", code: "internal" });
  await service.clock.pass(1_000);
  await service.opens();
  await service.receives("authenticate");
  await service.clock.pass(16_000);
  await service.reopens();

  assert.equal(attempt.value.username, "alice");
  assert.equal(service.sockets.length, 3);
});

test("signing in with too many connections rejects with conflict", async () => {
  const service = new Script();
  const chat = service.connect();
  const attempt = outcome(chat.authenticate({ username: "alice", password: "secret" }));
  await service.opens();

  const request = await service.receives("authenticate");
  await service.answers(request, { type: "error", code: "conflict" });

  assert.equal(attempt.error.code, "conflict");
  assert.equal(chat.state, "signed_out");
});

test("reconnecting with too many connections stays signed in and backs off", async () => {
  const service = new Script();
  const chat = service.connect();
  await service.signsIn(chat);
  await service.closes();

  const waits = [];
  for (let attempt = 0; attempt < 4; attempt++) {
    const began = service.clock.now();
    while (service.socket.readyState !== 0) await service.clock.pass(100);
    waits.push(service.clock.now() - began);
    await service.opens();
    const request = await service.receives("authenticate");
    await service.answers(request, { type: "error", code: "conflict" });
  }
  await service.clock.pass(10_000);
  await service.reopens();

  assert.deepEqual(waits, [500, 1_000, 2_000, 4_000]);
  assert.equal(chat.state, "online");
});

test("a token function is called first, and again when the current token is rejected", async () => {
  const service = new Script();
  const chat = service.connect();
  const tokens = ["first", "second"];
  const signedIn = outcome(chat.authenticate({ token: async () => tokens.shift() ?? null }));
  await service.opens();
  const first = await service.accepts();

  await service.closes();
  await service.clock.pass(1_000);
  await service.opens();
  const old = await service.receives("authenticate");
  await service.answers(old, { type: "auth_error", code: "token_expired" });
  const second = await service.accepts();

  assert.equal(first.data.token, "first");
  assert.equal(old.data.token, "token-1");
  assert.equal(second.data.token, "second");
  assert.ok(signedIn.value);
  assert.equal(chat.state, "online");
});

test("a token function that fails later is called again after the backoff, with an error event", async () => {
  const service = new Script();
  const chat = service.connect();
  const errors = heard(chat, "error");
  let isDown = false;
  const supply = () => {
    if (isDown) throw new Error("the token service is down");
    return "fresh";
  };
  const signedIn = outcome(chat.authenticate({ token: supply }));
  await service.reopens();

  isDown = true;
  await service.pushes({ type: "error", code: "auth_expired" });
  await service.answers(await service.receives("authenticate"), {
    type: "auth_error",
    code: "token_expired",
  });
  isDown = false;
  await service.clock.pass(1_000);
  await service.opens();

  assert.ok(signedIn.value);
  assert.equal(String(errors[0]), "Error: the token service is down");
  assert.equal((await service.accepts()).data.token, "fresh");
});

test("a rejected token without a token function ends the session and keeps the outbox", async () => {
  const service = new Script();
  const chat = service.connect();
  const ends = heard(chat, "signed_out");
  await service.signsIn(chat);

  await service.closes();
  const sent = outcome(chat.send("general", "later"));
  await service.clock.pass(1_000);
  await service.opens();
  const request = await service.receives("authenticate");
  await service.answers(request, { type: "auth_error", code: "token_expired" });

  assert.deepEqual(ends, [{ reason: "token_expired" }]);
  assert.equal(chat.state, "signed_out");
  assert.equal(sent.settled, false);
  await service.signsIn(chat);
  assert.equal((await service.receives("chat_message")).data.content, "later");
});

test("queued messages of one user are never sent as another", async () => {
  const service = new Script();
  const chat = service.connect();
  await service.signsIn(chat);
  await service.closes();
  const sent = outcome(chat.send("general", "from alice"));
  await service.clock.pass(1_000);
  await service.opens();
  const expired = { type: "auth_error", code: "token_expired" };
  await service.answers(await service.receives("authenticate"), expired);

  const identity = chat.authenticate({ username: "bob", password: "secret" });
  await service.opens();
  await service.accepts({ user_id: "u-bob", username: "bob" });

  assert.equal((await identity).username, "bob");
  assert.equal(sent.error.code, "signed_out");
  await service.receivesNothing();
});

test("auth_expired renews the session on the same connection and repeats the request", async () => {
  const service = new Script();
  const chat = service.connect();
  await service.signsIn(chat);
  const sent = outcome(chat.send("general", "hello"));

  const first = await service.receives("chat_message");
  await service.answers(first, { type: "error", code: "auth_expired" });
  await service.accepts();
  await service.clock.pass(2_000);
  const second = await service.receives("chat_message");
  await service.answers(second, { type: "chat_message", data: { seq: 1 } });

  assert.equal(second.clientMessageId, first.clientMessageId);
  assert.equal(sent.value.seq, 1);
  assert.equal(service.sockets.length, 1);
});

test("a signed_out push ends the session, rejects waiting requests and does not reconnect", async () => {
  const service = new Script();
  const chat = service.connect();
  const ends = heard(chat, "signed_out");
  await service.signsIn(chat);
  const sent = outcome(chat.send("general", "hello"));

  await service.pushes({ type: "signed_out", data: { reason: "operator" } });
  await service.clock.pass(60_000);

  assert.deepEqual(ends, [{ reason: "operator" }]);
  assert.equal(sent.error.code, "signed_out");
  assert.equal(chat.user, null);
  assert.equal(service.sockets.length, 1);
});

test("signOut resolves with the service's answer", async () => {
  const service = new Script();
  const chat = service.connect();
  await service.signsIn(chat);

  const signedOut = outcome(chat.signOut());
  const request = await service.receives("sign_out");
  await service.answers(request, { type: "signed_out", data: { reason: "signed_out" } });

  assert.deepEqual([signedOut.settled, signedOut.error], [true, undefined]);
  assert.equal(chat.state, "signed_out");
});

test("a session that ends before its sign-out is answered is not renewed", async () => {
  const service = new Script();
  const chat = service.connect();
  const ends = heard(chat, "signed_out");
  await service.signsIn(chat);
  const signedOut = outcome(chat.signOut());
  const request = await service.receives("sign_out");
  const listed = outcome(chat.listConversations());

  const late = await service.receives("list_conversations");
  await service.answers(late, { type: "error", code: "not_authenticated" });
  await service.receivesNothing();
  await service.answers(request, { type: "signed_out", data: { reason: "sign_out" } });
  await service.clock.pass(10_000);

  assert.deepEqual([signedOut.settled, signedOut.error], [true, undefined]);
  assert.deepEqual(ends, [{ reason: "sign_out" }]);
  assert.ok(listed.error);
});

test("a sign-out that is refused for want of a session is asked again in the next one", async () => {
  const service = new Script().keepsAlive();
  const chat = service.connect();
  await service.signsIn(chat);
  const signedOut = outcome(chat.signOut());

  const refused = await service.receives("sign_out");
  await service.answers(refused, { type: "error", code: "auth_expired" });
  await service.accepts();
  await service.clock.pass(10_000);
  const again = await service.receives("sign_out");
  await service.answers(again, { type: "signed_out", data: { reason: "sign_out" } });

  assert.deepEqual([signedOut.settled, signedOut.error], [true, undefined]);
});

test("a later authenticate supersedes a waiting one", async () => {
  const service = new Script();
  const chat = service.connect();

  const first = outcome(chat.authenticate({ username: "alice", password: "typo" }));
  const second = outcome(chat.authenticate({ username: "alice", password: "secret" }));
  await service.opens();

  const request = await service.accepts();
  assert.equal(first.error.code, "superseded");
  assert.equal(request.data.password, "secret");
  assert.ok(second.value);
});

test("aborting authenticate closes the connection", async () => {
  const service = new Script();
  const chat = service.connect();
  const stop = new AbortController();
  const options = { signal: stop.signal };
  const attempt = outcome(chat.authenticate({ username: "alice", password: "secret" }, options));
  await service.opens();

  stop.abort();
  await service.clock.pass(60_000);

  assert.equal(attempt.error.name, "AbortError");
  assert.equal(chat.state, "signed_out");
  assert.equal(service.sockets.length, 1);
});

test("a throttled automatic sign-in waits as long as the service says", async () => {
  const service = new Script();
  const chat = service.connect();
  await service.signsIn(chat);
  await service.closes();
  await service.clock.pass(1_000);
  await service.opens();

  const request = await service.receives("authenticate");
  const data = { retry_after_seconds: 20 };
  await service.answers(request, { type: "auth_error", code: "too_many_attempts", data });
  await service.clock.pass(19_000);
  await service.receivesNothing();
  await service.clock.pass(1_000);

  await service.accepts();
  assert.equal(chat.state, "online");
});

test("another user authenticates on a new connection only", async () => {
  const service = new Script();
  const chat = service.connect();
  await service.signsIn(chat);
  const first = service.socket;

  const identity = outcome(chat.authenticate({ username: "bob", password: "secret" }));
  await service.opens();
  const request = await service.accepts(BOB);

  assert.deepEqual([first.received, first.readyState], [[], 3]);
  assert.deepEqual(request.data, { accepts: ["batch"], username: "bob", password: "secret" });
  assert.equal(identity.value.username, "bob");
  assert.equal(chat.state, "online");
});

test("the same user authenticates again on the same connection", async () => {
  const service = new Script();
  const chat = service.connect();
  await service.signsIn(chat);

  const again = outcome(chat.authenticate({ username: "alice", password: "secret" }));
  await service.accepts();

  assert.ok(again.value);
  assert.equal(service.sockets.length, 1);
});

test("another user gets a new connection even while the first is being authenticated", async () => {
  const service = new Script();
  const chat = service.connect();
  const first = outcome(chat.authenticate({ username: "alice", password: "secret" }));
  await service.opens();
  await service.receives("authenticate");

  const second = outcome(chat.authenticate({ username: "bob", password: "secret" }));
  await service.opens();
  await service.accepts(BOB);

  assert.equal(first.error.code, "superseded");
  assert.equal(second.value.username, "bob");
  assert.equal(service.sockets.length, 2);
});

test("a token of another user is retried once on a new connection", async () => {
  const service = new Script();
  const chat = service.connect();
  await service.signsIn(chat);
  const foreign = { type: "auth_error", code: "already_authenticated" };

  const identity = outcome(chat.authenticate({ token: "bob's" }));
  await service.answers(await service.receives("authenticate"), foreign);
  await service.opens();
  const request = await service.accepts(BOB);

  assert.equal(request.data.token, "bob's");
  assert.equal(identity.value.username, "bob");
  assert.equal(service.sockets.length, 2);
});

test("already_authenticated on a new connection is not retried", async () => {
  const service = new Script();
  const chat = service.connect();
  const identity = outcome(chat.authenticate({ token: "bob's" }));
  const foreign = { type: "auth_error", code: "already_authenticated" };

  for (let socket = 0; socket < 2; socket++) {
    await service.opens();
    await service.answers(await service.receives("authenticate"), foreign);
  }
  await service.clock.pass(60_000);

  assert.equal(identity.error.code, "already_authenticated");
  assert.equal(chat.state, "signed_out");
  assert.equal(service.sockets.length, 2);
  const again = outcome(chat.authenticate({ token: "bob's" }));
  await service.opens();
  await service.answers(await service.receives("authenticate"), foreign);
  await service.reopens();
  assert.ok(again.value);
});

test("a connection authenticated by token is not shared with another user", async () => {
  const service = new Script();
  const chat = service.connect();
  const first = outcome(chat.authenticate({ token: "alice's" }));
  await service.reopens();

  const second = outcome(chat.authenticate({ username: "bob", password: "secret" }));
  await service.opens();
  await service.accepts(BOB);

  assert.deepEqual([first.value.username, second.value.username], ["alice", "bob"]);
  assert.equal(service.sockets.length, 2);
});

test("a reconnecting connection is not shared with another user", async () => {
  const service = new Script();
  const chat = service.connect();
  await service.signsIn(chat);
  await service.closes();
  await service.clock.pass(1_000);
  await service.opens();
  await service.receives("authenticate");

  const identity = outcome(chat.authenticate({ username: "bob", password: "secret" }));
  await service.opens();
  await service.accepts(BOB);

  assert.equal(identity.value.username, "bob");
  assert.equal(service.sockets.length, 3);
});

test("a wrong password of another user keeps the previous session", async () => {
  const service = new Script();
  const chat = service.connect();
  await service.signsIn(chat);
  const ends = heard(chat, "signed_out");

  const attempt = outcome(chat.authenticate({ username: "bob", password: "wrong" }));
  await service.opens();
  const wrong = { type: "auth_error", code: "invalid_credentials" };
  await service.answers(await service.receives("authenticate"), wrong);
  const request = await service.accepts();

  assert.equal(attempt.error.code, "invalid_credentials");
  assert.deepEqual(request.data, { accepts: ["batch"], token: "token-1" });
  assert.deepEqual([chat.state, chat.user?.username, ends], ["online", "alice", []]);
});

test("aborting an attempt while its socket opens keeps the previous session", async () => {
  const service = new Script();
  const chat = service.connect();
  await service.signsIn(chat);
  const stop = new AbortController();
  const { signal } = stop;
  const attempt = outcome(chat.authenticate({ username: "bob", password: "secret" }, { signal }));

  stop.abort();
  await service.reopens();

  assert.equal(attempt.error.name, "AbortError");
  assert.deepEqual([chat.state, chat.user?.username], ["online", "alice"]);
});

test("a repeated request of one user is never sent as another", async () => {
  const service = new Script().keepsAlive();
  const chat = service.connect();
  await service.signsIn(chat);
  const asked = outcome(chat.createConversation({ title: "Plans", members: ["carol"] }));
  const lost = outcome(chat.listConversations());
  const data = { retry_after_seconds: 5 };
  const request = await service.receives("create_conversation");
  await service.answers(request, { type: "error", code: "rate_limited", data });

  const identity = outcome(chat.authenticate({ username: "bob", password: "secret" }));
  await service.opens();
  await service.accepts(BOB);
  await service.clock.pass(10_000);

  assert.equal(identity.value.username, "bob");
  assert.deepEqual([asked.error.code, lost.error.code], ["signed_out", "signed_out"]);
  await service.receivesNothing();
});
