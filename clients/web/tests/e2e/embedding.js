import { cp, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

import { missing as skip } from "../support/chromium.js";
import { Reader } from "../support/docs-page.js";
import { newPage, stack } from "./people.js";
import { ROOT, freePorts } from "./stack.js";

/** @import { TestContext } from "node:test" */
/** @import { Page } from "playwright-core" */

/** A development server, and a function that runs for the first time, start processes. */
const PATIENCE_MS = 60_000;

/**
 * Somebody with an empty folder, beside which the repository lies.
 * @param {TestContext} t
 * @param {[before: string, after: string][]} [instead]
 */
async function reader(t, instead = []) {
  const folder = await mkdtemp(join(tmpdir(), "parley-reader-"));
  const person = new Reader(folder, {
    repository: ROOT,
    // Programs that the reader installs.
    path: join(folder, ".venv/bin"),
    instead: [
      ["127.0.0.1:8080", `127.0.0.1:${stack.port}`],
      ["../parley/", ROOT],
      [" clients/", ` ${ROOT}clients/`],
      ...instead,
    ],
    running: /^make run$/,
    lasting: /^(npm run dev|python3 -m http\.server|python )/,
  });
  t.after(async () => {
    await person.ends();
    await rm(folder, { recursive: true, force: true });
  });
  return person;
}

/** @param {string} name */
function docsPage(name) {
  return join(ROOT, "docs", name);
}

/**
 * @param {TestContext} t
 * @param {string} address of a server that may not have started yet
 */
async function visit(t, address) {
  const page = await newPage(t);
  page.setDefaultTimeout(PATIENCE_MS);
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      await page.goto(address);
      return page;
    } catch (error) {
      if (performance.now() > deadline) throw error;
    }
  }
}

/**
 * @param {Page} page
 * @param {string} name
 */
async function signIn(page, name) {
  await page.getByLabel("Username").fill(name);
  await page.getByLabel("Password").fill(`${name}-demo-password`);
  await page.getByRole("button", { name: "Sign in" }).click();
}

/**
 * @param {Page} page
 * @param {string} text
 */
async function writes(page, text) {
  await page.getByLabel("Message", { exact: true }).fill(text);
  await page.getByRole("button", { name: "Send", exact: true }).click();
}

/**
 * @param {Page} page
 * @param {string} name
 * @param {string} text
 */
async function sees(page, name, text) {
  await page
    .getByRole("listitem")
    .filter({ hasText: name })
    .filter({ hasText: text })
    .last()
    .waitFor();
}

/** @param {TestContext} t */
async function reactApp(t) {
  const [port = 0] = await freePorts(1);
  const person = await reader(t, [["npm run dev", `npm run dev -- --port ${port} --strictPort`]]);
  const folder = await person.follows(docsPage("from-react.md"));
  const page = await visit(t, `http://localhost:${port}/`);
  await signIn(page, "alice");
  return { person, folder, page };
}

/** @param {TestContext} t */
async function plainPage(t) {
  const [port = 0] = await freePorts(1);
  const person = await reader(t, [["8000", String(port)]]);
  await person.follows(docsPage("from-html.md"));
  const page = await visit(t, `http://127.0.0.1:${port}/`);
  await signIn(page, "carol");
  return page;
}

/** @param {TestContext} t */
async function pythonProgram(t) {
  const person = await reader(t);
  await person.runs("python3 -m venv .venv");
  await person.follows(docsPage("from-python.md"));
  const [program] = person.programs;
  if (!program) throw new Error("The page starts no program.");
  await program.prints("bob: Hello");
  return program;
}

test(
  "a React app, a plain page and a Python program, each made as its docs page says, talk to each other",
  { skip },
  async (t) => {
    const [react, page, program] = await Promise.all([reactApp(t), plainPage(t), pythonProgram(t)]);

    await writes(react.page, "Hello from React");
    await writes(page, "Hello from a page");

    await program.prints("alice: Hello from React");
    await program.prints("carol: Hello from a page");
    await sees(page, "alice", "Hello from React");
    await sees(page, "bob", "Hello");
    await sees(react.page, "carol", "Hello from a page");
    await sees(react.page, "bob", "Hello");

    await t.test("the app passes the compiler and can be built", async () => {
      await react.person.runs("npm run build");
    });
    await t.test("the example app passes the compiler and can be built", async () => {
      const example = join(react.folder, "example");
      const isSource = (/** @type {string} */ path) => !path.includes("node_modules");
      await cp(join(ROOT, "clients/web/examples/react"), example, {
        recursive: true,
        filter: isSource,
      });
      await symlink(join(react.folder, "node_modules"), join(example, "node_modules"));
      await react.person.runs("npm run build", example);
    });
  },
);
