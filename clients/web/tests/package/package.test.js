import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";

import { build } from "esbuild";
import { publint } from "publint";

import { launch, missing } from "../support/chromium.js";
import { demoService } from "../support/demo.js";
import { errorCodes } from "../support/protocol.js";
import { serve } from "../support/server.js";

/** What the README says of the size. */
const SAID_BYTES = 19_000;

const HERE = fileURLToPath(new URL("../../", import.meta.url));
const run = promisify(execFile);

/** @type {string} where somebody has installed the package */
let folder;
/** @type {string[]} what was in it */
let files;
/** @type {string} its path */
let tarball;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "parley-package-"));
  const packing = ["pack", "--json", "--silent", "--pack-destination", folder];
  const { stdout } = await run("npm", packing, { cwd: HERE });
  const [packed] = JSON.parse(stdout.slice(stdout.indexOf("[\n")));
  tarball = join(folder, packed.filename);
  files = packed.files.map(({ path = "" }) => path);
  await writeFile(join(folder, "package.json"), JSON.stringify({ type: "module" }));
  const installing = ["install", "--offline", "--no-audit", "--no-fund", "--ignore-scripts"];
  await run("npm", [...installing, tarball], { cwd: folder });
});

after(() => rm(folder, { recursive: true, force: true }));

/** @param {import("node:test").TestContext} t */
async function service(t) {
  const server = await serve(demoService());
  t.after(() => server.close());
  return server;
}

test("the package contains sources, types, the element, README and license only", () => {
  const kinds = new Set(
    files.map((path) => path.replace(/^(src|types)\/.*(\.js|\.d\.ts)$/, "$1$2")),
  );

  assert.deepEqual([...kinds].sort(), [
    "LICENSE",
    "README.md",
    "built/parley-chat.d.ts",
    "built/parley-chat.js",
    "package.json",
    "src.js",
    "types.d.ts",
  ]);
});

for (const [how, name, first] of [
  ["imported", "program.mjs", 'import { connect } from "parley-client";'],
  ["required by CommonJS", "program.cjs", 'const { connect } = require("parley-client");'],
]) {
  test(`installed and ${how}, the package sends a message`, async (t) => {
    const { url } = await service(t);
    const { href } = new URL("node_modules/ws/wrapper.mjs", new URL("../../", import.meta.url));
    const program = `${first}
      (async () => {
        const { WebSocket } = await import("${href}");
        const chat = connect("${url}", { WebSocket });
        await chat.authenticate({ username: "alice", password: "alice-demo-password" });
        console.log((await chat.send("general", "Hello")).content);
        chat.close();
      })();`;
    await writeFile(join(folder, name ?? ""), program);

    const { stdout, stderr } = await run(process.execPath, [name ?? ""], { cwd: folder });

    assert.deepEqual([stdout, stderr], ["Hello\n", ""]);
  });
}

test("imported and required, it is one package: its errors are of one class", async () => {
  const program = `
    import { createRequire } from "node:module";
    import { ParleyError } from "parley-client";
    console.log(createRequire(import.meta.url)("parley-client").ParleyError === ParleyError);`;
  await writeFile(join(folder, "both.mjs"), program);

  const { stdout } = await run(process.execPath, ["both.mjs"], { cwd: folder });

  assert.equal(stdout, "true\n");
});

test("publint finds nothing to improve in the packed package", async () => {
  const { buffer } = new Uint8Array(await readFile(tarball));

  const { messages } = await publint({ pack: { tarball: buffer }, strict: true });

  assert.deepEqual(messages, []);
});

test("its types are found however it is imported, says arethetypeswrong", async () => {
  const attw = join(HERE, "node_modules", ".bin", "attw");
  // It does not know that CommonJS may require an ES module from Node 20.19 on.
  const options = ["--profile", "esm-only", "--no-definitely-typed", "--no-emoji"];

  const { code = 0, stdout } = await run(attw, [tarball, ...options]).catch((error) => error);

  assert.equal(code, 0, stdout);
});

test("five lines on a page send and receive", { skip: missing }, async (t) => {
  const { url } = await service(t);
  const lines = `
    import { connect } from "parley-client";
    const chat = connect("${url}");
    chat.on("message", ({ username, content }) => document.body.append(username, ": ", content));
    await chat.authenticate({ username: "alice", password: "alice-demo-password" });
    await chat.send("general", "Hello");`;
  const address = await shown(t, `<script type="module">${await bundled(lines)}</script>`);
  const browser = await launch();
  t.after(() => browser.close());
  const page = await browser.newPage();

  await page.goto(address);

  await page.getByText("alice: Hello").waitFor();
});

test("its types reject wrong usage", async () => {
  const typescript = `
    import { connect, EVENT_TYPES, ParleyError } from "parley-client";
    import type { ErrorCode, Events, Message, SendOptions, UploadOptions } from "parley-client";
    const chat = connect("wss://example.org/ws/chat", { signal: AbortSignal.timeout(1) });
    const sent: Promise<Message> = chat.send("general", "Hello", { type: "text" });
    chat.on("read", ({ seq, readAt }) => console.log(seq + 1, readAt.length));
    sent.catch((error) => error instanceof ParleyError && error.code === "closed");
    const options: SendOptions & UploadOptions = { onProgress: (share) => share + 1 };
    const off: () => void = chat.once("message", ({ messageId }) => messageId.length);
    for (const type of EVENT_TYPES) chat.on(type, (detail: Events[typeof type]) => detail);
    // @ts-expect-error there is no such event
    chat.on("mesage", () => {});
    // @ts-expect-error there is no such event
    chat.once("mesage", () => {});
    // @ts-expect-error a timeline has one event
    chat.open("general").on("changed", () => {});
    // @ts-expect-error there is no such code
    sent.catch((error: ParleyError) => error.code === "closd");
    // @ts-expect-error there is no such code
    const code: ErrorCode = "closd";
    // @ts-expect-error a password needs a name
    chat.authenticate({ password: "secret" });
    // @ts-expect-error there are two kinds
    chat.createConversation({ kind: "channel", members: [] });

    import "parley-client/element";
    const element = document.createElement("parley-chat");
    element.getToken = async () => "token";
    element.addEventListener("parley-message", ({ detail }) => detail.content.length);
    // @ts-expect-error a token is a text
    element.getToken = () => 1;
  `;

  assert.equal(await typeErrors(typescript), "");
});

test("its types serve a CommonJS program too", async () => {
  const typescript = `
    import parley = require("parley-client");
    const chat: parley.Chat = parley.connect("wss://example.org/ws/chat");
    // @ts-expect-error there is no such event
    chat.on("mesage", () => {});
  `;

  assert.equal(await typeErrors(typescript, "program.cts"), "");
});

test("the types of the hooks reject wrong usage", async () => {
  const types = join("node_modules", "@types");
  await mkdir(join(folder, types), { recursive: true });
  await symlink(join(HERE, types, "react"), join(folder, types, "react"));

  const errors = await typeErrors(`
    import type { Message } from "parley-client";
    import { useConversations, useParley, usePresence, useSession } from "parley-client/react";
    import { useTimeline, useTyping, type TimelineSnapshot } from "parley-client/react";
    const { messages, loadEarlier }: TimelineSnapshot = useTimeline(null);
    const last: Message | undefined = messages.at(-1);
    const earlier: Promise<void> = loadEarlier();
    const name: string | undefined = useSession().user?.username;
    const unread: number[] = useConversations().conversations.map((it) => it.unreadCount);
    const isOnline = usePresence("general", ["a"]).users.get("a")?.isOnline;
    const [typing] = useTyping("general");
    useParley().markRead(messages[0]!);
    // @ts-expect-error what a hook gives cannot be changed
    messages.push(last);
    // @ts-expect-error there is no such option
    useTimeline("general", { change: true });
  `);

  assert.equal(errors, "");
});

test("its codes of the service are those of the protocol", async () => {
  const all = Object.fromEntries(errorCodes().map((code) => [code, true]));

  const errors = await typeErrors(`
    import type { ServiceErrorCode } from "parley-client";
    const all: Record<ServiceErrorCode, true> = ${JSON.stringify(all)};
  `);

  assert.equal(errors, "");
});

/**
 * What the compiler says of a program that uses the package.
 * @param {string} program
 * @param {string} [name]
 * @returns {Promise<string>}
 */
async function typeErrors(program, name = "program.ts") {
  await writeFile(join(folder, name), program);
  const options = ["--noEmit", "--strict", "--module", "nodenext", "--lib", "es2022,dom"];
  const tsc = join(HERE, "node_modules", ".bin", "tsc");
  const checked = await run(tsc, [...options, "--ignoreConfig", name], {
    cwd: folder,
  }).catch((error) => error);
  return checked.stdout;
}

test("bundled, minified and compressed it is as small as the README says", async () => {
  const text = await bundled(`export * from "parley-client";`);

  const bytes = gzipSync(text, { level: 9 }).length;

  assert.ok(bytes < SAID_BYTES, `${bytes} bytes`);
});

test("the element, compressed, is as small as its page says", async () => {
  const page = await readFile(join(HERE, "../../docs/from-html.md"), "utf8");
  const said = Number(/(\d+) KB compressed/.exec(page)?.[1]) * 1000;

  const element = await readFile(join(folder, "node_modules/parley-client/built/parley-chat.js"));

  const bytes = gzipSync(element, { level: 9 }).length;
  assert.ok(bytes < said, `${bytes} bytes`);
});

/**
 * A page of one's own, on a server of one's own.
 * @param {import("node:test").TestContext} t
 * @param {string} body
 */
async function shown(t, body) {
  const server = createServer((_, response) => {
    response.writeHead(200, { "content-type": "text/html" }).end(`<!doctype html><body>${body}`);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  return `http://127.0.0.1:${port}/`;
}

/** @param {string} contents a program that imports the package by its name */
async function bundled(contents) {
  const how = /** @type {const} */ ({
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
  });
  const stdin = { contents, resolveDir: folder };
  const { outputFiles } = await build({ ...how, stdin, write: false, logLevel: "silent" });
  return outputFiles[0]?.text ?? "";
}
