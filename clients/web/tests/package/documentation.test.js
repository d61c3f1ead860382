import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { EVENT_TYPES } from "../../src/index.js";
import { errorCodes } from "../support/protocol.js";

const HERE = new URL("../../", import.meta.url);
/** The modules of types that programs use. */
const MODULES = ["types", "options", "events"];
/** Those of a program's classes are made by the client alone, of these parts. */
const PARTS = ["Options", "Session", "ConversationStreams", "Outbox"];

/** @param {string} path */
function read(path) {
  return readFileSync(new URL(path, HERE), "utf8");
}

/**
 * The first column of a table of the README, without its head.
 * @param {string} heading
 */
function firstColumn(heading) {
  const [, section = ""] = read("README.md").split(`\n### ${heading}\n`);
  const rows = (section.split("\n#")[0] ?? "").split("\n").filter((line) => line.startsWith("|"));
  return rows.slice(2).map((line) => line.split("|")[1]?.trim() ?? "");
}

/**
 * Each type that a module defines, with what its comment says besides.
 * @param {string} source
 */
function typesIn(source) {
  const comments = source.match(/\/\*\*.*?\*\//gs) ?? [];
  return comments.filter((it) => it.includes("@typedef")).map(typeIn);
}

/** @param {string} comment */
function typeIn(comment) {
  const text = comment.replace(/^\/\*\*|\*\/$|^ \*/gm, "");
  const [before = "", definition = ""] = text.split("@typedef");
  let depth = 0;
  let end = 0;
  do {
    if (definition[end] === "{") depth++;
    if (definition[end] === "}") depth--;
    end++;
  } while (depth > 0 || definition[end - 1] !== "}");
  const [name = "", ...after] = definition.slice(end).trim().split(/\s+/);
  return { name, words: `${before.replace(/@template \w+/, "")} ${after.join(" ")}`.trim() };
}

test("the README describes every event, and no other", () => {
  const described = firstColumn("Events").map((cell) => cell.replaceAll("`", ""));

  assert.deepEqual(described.sort(), [...EVENT_TYPES].sort());
});

test("the README names every code of the service", () => {
  const [, codes = ""] = read("README.md").split("[the service's codes]");
  const [row = ""] = codes.split("\n");

  assert.deepEqual([...row.matchAll(/`(\w+)`/g)].map(([, code]) => code).sort(), errorCodes());
});

for (const module of MODULES) {
  test(`each type of src/${module}.js is described`, () => {
    const types = typesIn(read(`src/${module}.js`));

    const silent = types.filter(({ words }) => words.length < 10).map(({ name }) => name);
    assert.deepEqual(silent, []);
    assert.ok(types.length > 5);
  });
}

for (const module of ["client", "commands", "message-commands", "timeline", "index"]) {
  test(`each type that src/${module}.js names is exported`, () => {
    const imports = read(`src/${module}.js`).matchAll(/@import \{ (.*) \} from "\.\/(.*)\.js"/g);

    const hidden = [...imports]
      .filter(([, , from = ""]) => !MODULES.includes(from))
      .flatMap(([, names = ""]) => names.split(", "))
      .filter((name) => !PARTS.includes(name));

    assert.deepEqual(hidden, []);
  });
}
