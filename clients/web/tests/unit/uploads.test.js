import assert from "node:assert/strict";
import { test } from "node:test";

import { toWire } from "../../src/wire.js";
import { Script, heard, outcome } from "../support/script.js";
import { ScriptedFileStore } from "../support/scripted-requests.js";

/** @import { Frame } from "../../src/types.js" */

const PICTURE = new File(["twelve bytes"], "cat.png", { type: "image/png" });
const DETAILS = { name: "cat.png", size: 12, mediaType: "image/png" };

/** A signed-in user, the service, and the file store. */
async function signedIn() {
  const service = new Script().keepsAlive();
  const store = new ScriptedFileStore();
  const chat = service.connect({ XMLHttpRequest: store.XMLHttpRequest });
  await service.signsIn(chat);
  return { service, store, chat };
}

/**
 * @param {Script} service
 * @param {Frame} request
 * @param {string} [id]
 */
function ready(service, request, id = "a-1") {
  const fields = { key: `c/general/${id}`, policy: "signed" };
  const data = { attachment_id: id, url: "https://files.test/", fields, expires_at: "…" };
  return service.answers(request, { type: "upload_ready", data });
}

/** An upload of a picture that is being posted. */
async function posting() {
  const all = await signedIn();
  const upload = outcome(all.chat.upload("general", PICTURE));
  await ready(all.service, await all.service.receives("request_upload"));
  return { ...all, upload };
}

test("an upload asks for a place, and posts the file after the fields of the form", async () => {
  const { service, store, chat } = await signedIn();

  const upload = outcome(chat.upload("general", PICTURE));
  const request = await service.receives("request_upload");
  await ready(service, request);
  await store.request.answers(204);

  assert.deepEqual([request.conversationId, request.data], ["general", toWire(DETAILS)]);
  assert.equal(store.request.url, "https://files.test/");
  const names = store.request.fields.map(([name]) => name);
  assert.deepEqual(names, ["key", "policy", "file"]);
  assert.deepEqual(upload.value, { attachmentId: "a-1", ...DETAILS });
});

test("the progress of an upload is reported", async () => {
  const { service, store, chat } = await signedIn();
  /** @type {number[]} */
  const shares = [];
  chat.upload("general", PICTURE, { onProgress: (share) => shares.push(share) });
  await ready(service, await service.receives("request_upload"));

  for (const share of [0.25, 1]) await store.request.progresses(share);

  assert.deepEqual(shares, [0, 0.25, 1]);
});

test("an aborted upload ends its request and rejects with the reason", async () => {
  const { service, store, chat } = await signedIn();
  const stop = new AbortController();
  const upload = outcome(chat.upload("general", PICTURE, { signal: stop.signal }));
  await ready(service, await service.receives("request_upload"));

  const reason = new Error("changed my mind");
  stop.abort(reason);
  await service.receivesNothing();

  assert.ok(store.request.isAborted);
  assert.equal(upload.error, reason);
});

test("a connection that breaks off is tried again, to the same place", async () => {
  const { service, store, upload } = await posting();

  await store.request.breaksOff();
  await service.clock.pass(2_000);
  await service.receivesNothing();
  await store.request.answers(204);

  assert.equal(store.requests.length, 2);
  assert.deepEqual(store.requests[1]?.fields.slice(0, 2), store.requests[0]?.fields.slice(0, 2));
  assert.equal(upload.value.attachmentId, "a-1");
});

test("an upload that makes no progress is tried again", async () => {
  const { service, store } = await posting();

  await service.clock.pass(29_000);
  await store.request.progresses(0.5);
  await service.clock.pass(29_000);
  const patient = store.requests.length;
  await service.clock.pass(3_000);

  assert.deepEqual([patient, store.requests.length], [1, 2]);
  assert.ok(store.requests[0]?.isAborted);
});

test("an upload of which nothing is ever sent is tried again", async () => {
  const { service, store } = await posting();

  await service.clock.pass(31_000);

  assert.equal(store.requests.length, 2);
});

test("an upload that is done leaves no timer", async () => {
  const { service, store, chat } = await signedIn();
  const { pending } = service.clock;
  chat.upload("general", PICTURE);
  await ready(service, await service.receives("request_upload"));

  await store.request.progresses(0.5);
  await store.request.answers(204);

  assert.equal(service.clock.pending, pending);
});

test("a place that the file store no longer accepts is replaced", async () => {
  const { service, store, upload } = await posting();

  await store.request.answers(403);
  await service.clock.pass(2_000);
  await ready(service, await service.receives("request_upload"), "a-2");
  await store.request.answers(204);

  assert.equal(upload.value.attachmentId, "a-2");
});

test("an upload waits while there is no connection, and an old place is replaced", async () => {
  const { service, store, upload } = await posting();
  await service.closes();
  await store.request.breaksOff();
  await service.clock.pass(6 * 60_000);
  const whileOffline = store.requests.length;

  await service.opens();
  await service.accepts();
  await ready(service, await service.receives("request_upload"), "a-2");
  await store.request.answers(204);

  assert.equal(whileOffline, 1);
  assert.equal(upload.value.attachmentId, "a-2");
});

test("a file that the file store rejects fails at once", async () => {
  const { store, upload } = await posting();

  await store.request.answers(400);

  assert.equal(upload.error.code, "upload_failed");
  assert.equal(upload.error.data.status, 400);
  assert.equal(store.requests.length, 1);
});

test("a file store that fails again and again ends the upload", async () => {
  const { service, store, upload } = await posting();

  for (let attempt = 1; attempt <= 6; attempt++) {
    await store.request.answers(503);
    await service.clock.pass(30_000);
  }

  assert.equal(upload.error.code, "upload_failed");
  assert.equal(store.requests.length, 6);
});

test("what the service rejects is not posted", async () => {
  const { service, store, chat } = await signedIn();
  const upload = outcome(chat.upload("general", PICTURE));

  const data = { limit_bytes: 10 };
  const refusal = { type: "error", code: "too_large", message: "Too large.", data };
  await service.answers(await service.receives("request_upload"), refusal);

  assert.equal(upload.error.code, "too_large");
  assert.equal(store.requests.length, 0);
});

test("three files are uploaded at a time, and another when one is done", async () => {
  const { service, store, chat } = await signedIn();
  const uploads = [1, 2, 3, 4].map((n) =>
    outcome(chat.upload("general", new File([`file ${n}`], `${n}.png`))),
  );
  for (const id of ["a-1", "a-2", "a-3"]) {
    await ready(service, await service.receives("request_upload"), id);
  }
  await service.receivesNothing();

  await store.request.answers(204);
  const fourth = await service.receives("request_upload");

  assert.equal(fourth.data.name, "4.png");
  assert.deepEqual(
    uploads.map(({ settled }) => settled),
    [false, false, true, false],
  );
});

test("a waiting upload that is aborted gives its turn to no one and takes none", async () => {
  const { service, store, chat } = await signedIn();
  const stop = new AbortController();
  const files = [1, 2, 3, 4, 5].map((n) => new File([`file ${n}`], `${n}.png`));
  const uploads = files.map((file, index) =>
    outcome(chat.upload("general", file, index === 3 ? { signal: stop.signal } : {})),
  );
  for (const id of ["a-1", "a-2", "a-3"]) {
    await ready(service, await service.receives("request_upload"), id);
  }

  stop.abort();
  await service.receivesNothing();
  await store.request.answers(204);
  const next = await service.receives("request_upload");

  assert.equal(next.data.name, "5.png");
  assert.ok(uploads[3]?.error);
});

test("signing out ends every upload", async () => {
  const { service, store, upload, chat } = await posting();

  chat.signOut();
  await service.answers(await service.receives("sign_out"), {
    type: "signed_out",
    data: { reason: "signed_out" },
  });

  assert.equal(upload.error.code, "signed_out");
  assert.ok(store.request.isAborted);
});

test("an empty file is rejected before anything is asked", async () => {
  const { service, chat } = await signedIn();

  const upload = outcome(chat.upload("general", new File([], "nothing.txt")));

  await service.receivesNothing();
  assert.equal(upload.error.code, "bad_request");
  assert.equal(upload.error.data.field, "data.size");
});

test("what a file is called and what type it has fit the service's rules", async () => {
  const { service, chat } = await signedIn();
  const long = `${"n".repeat(2_000)}.txt`;
  const files = [
    new File(["text"], long, { type: "Text/Plain;charset=utf-8" }),
    new File(["?"], "half \ud83d", { type: "no type" }),
    new Blob(["text"]),
  ];

  const requests = [];
  for (const file of files) {
    chat.upload("general", file).catch(() => {});
    requests.push(await service.receives("request_upload"));
  }

  assert.deepEqual(
    requests.map(({ data }) => [data.name.length, data.name.slice(-6), data.media_type]),
    [
      [1_000, "nn.txt", "text/plain"],
      [6, "half \ufffd", "application/octet-stream"],
      [4, "file", "application/octet-stream"],
    ],
  );
});

test("a message takes uploads with or instead of text", async () => {
  const { service, chat } = await signedIn();
  const steps = heard(chat, "outgoing");
  const picture = { attachmentId: "a-1", ...DETAILS, width: 4, height: 3, thumbnailId: "a-2" };

  chat.send("general", { attachments: [picture] }, { clientMessageId: "one" });
  const request = await service.receives("chat_message");

  const attachments = [{ attachment_id: "a-1", width: 4, height: 3, thumbnail_id: "a-2" }];
  assert.deepEqual(request.data, { content: "", type: "text", attachments });
  assert.deepEqual(steps[0]?.attachments, [picture]);
});

test("a message with files that failed is sent again as the same message", async () => {
  const { service, chat } = await signedIn();
  const steps = heard(chat, "outgoing");
  const said = { content: "Look", attachments: [{ attachmentId: "a-1" }] };
  const sent = outcome(chat.send("general", said));
  const first = await service.receives("chat_message");
  await service.answers(first, { type: "error", code: "forbidden" });
  const failed = steps.at(-1);

  assert.ok(sent.error && failed);
  chat.resend(failed).catch(() => {});
  const second = await service.receives("chat_message");

  assert.deepEqual({ ...second, requestId: first.requestId }, first);
});

test("a message needs text or files, and takes ten files", async () => {
  const { service, chat } = await signedIn();
  const attachments = Array.from({ length: 11 }, (_, n) => ({ attachmentId: `a-${n}` }));

  const outcomes = [{}, { content: "" }, { attachments: [] }, { attachments }].map((said) =>
    outcome(chat.send("general", said)),
  );

  await service.receivesNothing();
  assert.deepEqual(
    outcomes.map(({ error }) => error.data.field),
    ["data.content", "data.content", "data.content", "data.attachments"],
  );
});

test("an edit may take the text off a message with files", async () => {
  const { service, chat } = await signedIn();
  const attachments = [{ attachmentId: "a-1", ...DETAILS }];

  chat.edit({ messageId: "general:1", attachments }, "").catch(() => {});
  const request = await service.receives("edit_message");

  assert.equal(request.data.content, "");
});
