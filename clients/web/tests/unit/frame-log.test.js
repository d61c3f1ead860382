import assert from "node:assert/strict";
import { test } from "node:test";

import { withoutSecrets } from "../../src/frame-log.js";
import { leaves } from "../support/protocol.js";
import { Script, heard, pushed } from "../support/script.js";

/** What the name of a secret sounds like. */
const SECRET =
  /password|token|secret|auth|credential|signature|^fields$|^keys?$|url$|endpoint|p256/i;
/** What sounds like one, and everybody may know. */
const PUBLIC = ["web_push_key"];

const secrets = leaves().filter(({ path }) =>
  path.some((name) => SECRET.test(name) && !PUBLIC.includes(name)),
);

test("the protocol has the secrets that the tests below look for", () => {
  const named = secrets.map(({ type, path }) => `${type} ${path.join(".")}`);

  for (const known of [
    "authenticate data.password",
    "authenticate data.token",
    "auth_success data.token",
    "register_device data.subscription.endpoint",
    "register_device data.subscription.keys.auth",
    "upload_ready data.url",
    "upload_ready data.fields.*",
    "attachments data.items.*.url",
  ]) {
    assert.ok(named.includes(known), known);
  }
});

for (const { type, path } of secrets) {
  test(`the frame log hides ${path.join(".")} of ${type}`, () => {
    const frame = { type, ...nested(path, "s3cret") };

    const logged = withoutSecrets(JSON.stringify(frame));

    assert.ok(!logged.includes("s3cret"), logged);
    assert.equal(JSON.parse(logged).type, type);
  });
}

/**
 * An object with the value at the path; `*` is an element of a list.
 * @param {string[]} path
 * @param {unknown} value
 * @returns {any}
 */
function nested([name = "", ...rest], value) {
  const inner = rest.length > 0 ? nested(rest, value) : value;
  return name === "*" ? [inner] : { [name]: inner };
}

test("a client logs what it signs in with and what it gets without the secrets", async () => {
  const service = new Script().keepsAlive();
  const chat = service.connect();
  const frames = heard(chat, "frame");

  await service.signsIn(chat);

  const texts = frames.map(({ text }) => text);
  assert.ok(texts.every((text) => !/"secret"|token-1/.test(text)));
  const [sent, received] = texts.map((text) => JSON.parse(text));
  assert.deepEqual(sent.data, { username: "alice", password: "•••" });
  assert.equal(received.data.token, "•••");
});

test("a frame without secrets is logged exactly as it is on the wire", async () => {
  const service = new Script().keepsAlive();
  const chat = service.connect();
  await service.signsIn(chat);
  const frames = heard(chat, "frame");

  const text = `{ "type": "chat_message",\t"data": ${JSON.stringify(pushed(1).data)} }`;
  service.socket.onmessage?.({ data: text });

  assert.deepEqual(
    frames.map(({ direction, text }) => [direction, text]),
    [["in", text]],
  );
});

test("what somebody wrote is no secret of the protocol, whatever it says", () => {
  const text = JSON.stringify(pushed(1, { content: '{"token": "of a bus", "url": "x"}' }));

  assert.equal(withoutSecrets(text), text);
});

test("text that is no JSON is logged as it came", () => {
  for (const text of ["", "no JSON", "{"]) assert.equal(withoutSecrets(text), text);
});
