import assert from "node:assert/strict";
import { test } from "node:test";

import { Script, outcome } from "../support/script.js";

const MINUTE = 60_000;

async function signedIn() {
  const service = new Script().keepsAlive();
  const chat = service.connect();
  await service.signsIn(chat);
  return { service, chat };
}

/** @param {Script} service */
async function asked(service) {
  await service.clock.pass(20);
  return service.receives("get_attachments");
}

let count = 0;

/**
 * Gives each attachment of the request a URL of its own.
 * @param {Script} service
 * @param {any} request
 * @param {{ without?: string[], hasMore?: boolean, minutes?: number }} [options]
 */
function give(service, request, { without = [], hasMore = false, minutes = 15 } = {}) {
  const expires_at = new Date(service.clock.now() + minutes * MINUTE).toISOString();
  const items = request.data.attachment_ids
    .filter((/** @type {string} */ id) => !without.includes(id))
    .map((/** @type {string} */ attachment_id) => {
      return { attachment_id, url: `https://files.test/${attachment_id}/${++count}`, expires_at };
    });
  const data = { conversation_id: "general", items, ...(hasMore && { has_more: true }) };
  return service.answers(request, { type: "attachments", data });
}

test("URLs that are wanted at one time are asked for together", async () => {
  const { service, chat } = await signedIn();

  const urls = ["a", "b", "a"].map((id) => outcome(chat.attachmentUrl("general", id)));
  const request = await asked(service);
  await give(service, request);

  assert.deepEqual([request.conversationId, request.data.attachment_ids], ["general", ["a", "b"]]);
  assert.match(urls[1]?.value, /\/b\//);
  assert.equal(urls[0]?.value, urls[2]?.value);
});

test("one request names at most 50 attachments", async () => {
  const { service, chat } = await signedIn();
  const ids = Array.from({ length: 70 }, (_, n) => `a-${n}`);

  const urls = ids.map((id) => outcome(chat.attachmentUrl("general", id)));
  const [first, second] = [await asked(service), await service.receives("get_attachments")];
  await give(service, first);
  await give(service, second);

  assert.deepEqual(
    [first, second].map(({ data }) => data.attachment_ids.length),
    [50, 20],
  );
  assert.ok(urls.every(({ value }) => value));
});

test("what does not fit one reply is asked for again", async () => {
  const { service, chat } = await signedIn();
  const urls = ["a", "b"].map((id) => outcome(chat.attachmentUrl("general", id)));

  await give(service, await asked(service), { without: ["b"], hasMore: true });
  const rest = await service.receives("get_attachments");
  await give(service, rest);

  assert.deepEqual(rest.data.attachment_ids, ["b"]);
  assert.ok(urls.every(({ value }) => value));
});

test("a URL is used again until shortly before it expires", async () => {
  const { service, chat } = await signedIn();
  const first = outcome(chat.attachmentUrl("general", "a"));
  await give(service, await asked(service));

  await service.clock.pass(12 * MINUTE);
  const second = outcome(chat.attachmentUrl("general", "a"));
  await service.clock.pass(20);
  await service.receivesNothing();
  await service.clock.pass(2 * MINUTE);
  const third = outcome(chat.attachmentUrl("general", "a"));
  await give(service, await asked(service));

  assert.equal(second.value, first.value);
  assert.notEqual(third.value, first.value);
});

test("a URL that holds for a short time is renewed two minutes before that ends", async () => {
  const { service, chat } = await signedIn();
  outcome(chat.attachmentUrl("general", "a"));
  await give(service, await asked(service), { minutes: 5 });

  await service.clock.pass(2.9 * MINUTE);
  outcome(chat.attachmentUrl("general", "a"));
  await service.clock.pass(20);
  await service.receivesNothing();
  await service.clock.pass(0.2 * MINUTE);
  outcome(chat.attachmentUrl("general", "a"));

  await asked(service);
});

test("a URL that does not work is renewed on request", async () => {
  const { service, chat } = await signedIn();
  const first = outcome(chat.attachmentUrl("general", "a"));
  await give(service, await asked(service));

  const second = outcome(chat.attachmentUrl("general", "a", { renew: true }));
  await give(service, await asked(service));

  assert.notEqual(second.value, first.value);
});

test("a watched URL is renewed before it expires, until the watching ends", async () => {
  const { service, chat } = await signedIn();
  /** @type {string[]} */
  const urls = [];
  const stop = chat.watchAttachmentUrl("general", "a", (url) => urls.push(url));
  await give(service, await asked(service));

  await service.clock.pass(13 * MINUTE);
  await give(service, await asked(service));
  const renewed = [...urls];
  stop();
  await service.clock.pass(30 * MINUTE);
  await service.receivesNothing();

  assert.equal(new Set(renewed).size, 2);
  assert.deepEqual(urls, renewed);
});

for (const [name, hours] of /** @type {const} */ ([
  ["behind", -5],
  ["ahead", 5],
])) {
  test(`a clock that is ${name} neither keeps a URL too long nor asks all the time`, async () => {
    const { service, chat } = await signedIn();
    const expiry = 15 - hours * 60;
    outcome(chat.attachmentUrl("general", "a"));
    await give(service, await asked(service), { minutes: expiry });

    await service.clock.pass(30_000);
    outcome(chat.attachmentUrl("general", "a"));
    await service.clock.pass(20);
    await service.receivesNothing();
    await service.clock.pass(13 * MINUTE);
    outcome(chat.attachmentUrl("general", "a"));

    await asked(service);
  });
}

test("a file that is no longer there has no URL", async () => {
  const { service, chat } = await signedIn();
  const [gone, there] = ["gone", "there"].map((id) => outcome(chat.attachmentUrl("general", id)));

  await give(service, await asked(service), { without: ["gone"] });

  assert.equal(gone?.error.code, "no_attachment");
  assert.ok(there?.value);
});

test("URLs of one conversation are not asked for in another", async () => {
  const { service, chat } = await signedIn();

  for (const id of ["general", "random"]) outcome(chat.attachmentUrl(id, "a"));
  const first = await asked(service);
  const second = await service.receives("get_attachments");

  assert.deepEqual([first.conversationId, second.conversationId], ["general", "random"]);
});

test("nothing is known of one user's URLs when another signs in", async () => {
  const { service, chat } = await signedIn();
  outcome(chat.attachmentUrl("general", "a"));
  await give(service, await asked(service));

  outcome(chat.signOut());
  await service.answers(await service.receives("sign_out"), {
    type: "signed_out",
    data: { reason: "signed_out" },
  });
  const again = outcome(chat.attachmentUrl("general", "a"));
  await service.clock.pass(20);

  assert.equal(again.error.code, "not_authenticated");
});

test("waiting for a URL ends when its signal aborts, and the others still get theirs", async () => {
  const { service, chat } = await signedIn();
  const stop = new AbortController();
  const ended = outcome(chat.attachmentUrl("general", "a", { signal: stop.signal }));
  const kept = outcome(chat.attachmentUrl("general", "a"));
  const request = await asked(service);

  stop.abort();
  await give(service, request);

  assert.ok(ended.error);
  assert.ok(kept.value);
});
