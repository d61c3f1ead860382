import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

import { WebSocket } from "ws";

import { connect } from "../../src/index.js";
import { demoService } from "../support/demo.js";
import { serve } from "../support/server.js";

/** @import { Service } from "../support/service/service.js" */

const HERE = new URL("../../", import.meta.url);

/**
 * The bot of the README, for a service at another address and for any Node.
 * @param {string} url
 */
async function bot(url) {
  const readme = await readFile(new URL("README.md", HERE), "utf8");
  const programs = [...readme.matchAll(/```js\n(.*?)```/gs)].map(([, program = ""]) => program);
  const program = programs.find((it) => it.includes("!echo")) ?? "";
  const socket = new URL("node_modules/ws/wrapper.mjs", HERE);
  return `import { WebSocket } from "${socket}"; globalThis.WebSocket ??= WebSocket;\n${program}`
    .replace('"parley-client"', `"${new URL("src/index.js", HERE)}"`)
    .replace("ws://127.0.0.1:8080/ws/chat", url);
}

/**
 * Resolves once somebody has asked where a conversation ends, from where on it is followed then.
 * @param {Service} service
 */
function isFollowed(service) {
  const { history } = service.actions;
  return new Promise((resolve) => {
    service.actions["history"] = async (call) => {
      const page = await history?.(call);
      resolve(null);
      return page;
    };
  });
}

/**
 * The bot, until it is killed.
 * @param {string} folder
 */
function runs(folder) {
  const child = spawn(process.execPath, ["bot.mjs"], { cwd: folder, stdio: "inherit" });
  const ended = once(child, "exit");
  return () => {
    child.kill("SIGKILL");
    return ended;
  };
}

test("the README's bot answers what was said while it was down, and nothing twice", async (t) => {
  const service = demoService();
  const server = await serve(service);
  const folder = await mkdtemp(join(tmpdir(), "parley-bot-"));
  await writeFile(join(folder, "bot.mjs"), await bot(server.url));
  const alice = connect(server.url, { WebSocket });
  /** @type {(() => Promise<unknown>)[]} */
  const ends = [];
  t.after(async () => {
    alice.close();
    await Promise.all(ends.map((end) => end()));
    await Promise.all([server.close(), rm(folder, { recursive: true, force: true })]);
  });
  /** @type {string[]} */
  const answers = [];
  /** @param {string} wanted */
  const answered = (wanted) =>
    new Promise((resolve) =>
      alice.on("message", ({ username, content }) => {
        if (username === "bob" && content === wanted) resolve(null);
      }),
    );
  alice.on("message", ({ username, content }) => username === "bob" && answers.push(content));
  await alice.authenticate({ username: "alice", password: "alice-demo-password" });

  const followed = isFollowed(service);
  const endFirst = runs(folder);
  ends.push(endFirst);
  await followed;
  await Promise.all([answered("one"), alice.send("general", "!echo one")]);
  await endFirst();
  await alice.send("general", "!echo two");
  ends.push(runs(folder));
  await Promise.all([answered("three"), alice.send("general", "!echo three")]);

  assert.deepEqual(answers, ["one", "two", "three"]);
});
