import assert from "node:assert/strict";
import { test } from "node:test";

import { WebSocket } from "ws";

import { connect } from "../../src/index.js";
import { demoService } from "../support/demo.js";
import { realClock, serve } from "../support/server.js";

test("without an XMLHttpRequest a file is posted by fetch, again if that breaks off", async (t) => {
  const service = demoService();
  const server = await serve(service);
  const chat = connect(server.url, {
    WebSocket: /** @type {any} */ (WebSocket),
    clock: realClock,
    timing: { backoffBase: 1 },
  });
  t.after(() => {
    chat.close();
    return server.close();
  });
  server.files.fails(null, 503);
  await chat.authenticate({ username: "alice", password: "alice-demo-password" });

  const file = await chat.upload("general", new File(["Milk, bread"], "notes.txt"));
  const { attachments = [] } = await chat.send("general", { attachments: [file] });
  const url = await chat.attachmentUrl("general", file.attachmentId);

  assert.deepEqual(attachments, [file]);
  assert.equal(await (await fetch(url)).text(), "Milk, bread");
  assert.equal(service.fileStore.objects.size, 1);
});
