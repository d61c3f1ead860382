import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const STYLES = fileURLToPath(new URL("../../page/styles/", import.meta.url));
/** The safe areas are those of the device, whatever is written on it. */
const SAFE_AREA = /env\(safe-area-inset-(left|right)\)/g;
const PHYSICAL = /\b(left|right)\b/;
const FOUR_SIDES = /^(padding|margin|inset|border-radius|border-width):\s*(.+);$/;

/** @param {string} value as it is written, with functions in it */
function sidesIn(value) {
  return value.match(/[^\s(]+(\((?:[^()]|\([^()]*\))*\))?/g) ?? [];
}

/** @param {string} line */
function isPhysical(line) {
  if (PHYSICAL.test(line.replaceAll(SAFE_AREA, ""))) return true;
  const [, property = "", value = ""] = FOUR_SIDES.exec(line) ?? [];
  const [first, second, third, fourth] = sidesIn(value);
  if (fourth === undefined) return false;
  return property === "border-radius" ? first !== second || third !== fourth : second !== fourth;
}

test("a style that is no mirror image of itself names the start or the end of the line", async () => {
  /** @type {string[]} */
  const physical = [];
  for (const name of await readdir(STYLES)) {
    const text = (await readFile(STYLES + name, "utf8")).replaceAll(/\/\*.*?\*\//gs, "");
    const lines = text.split(/(?<=[;{}])\s*/).map((line) => line.trim().replaceAll(/\s+/g, " "));
    physical.push(...lines.filter(isPhysical).map((line) => `${name}: ${line}`));
  }

  assert.deepEqual(physical, []);
});

test("the lines that depend on the direction are recognised", () => {
  const found = [
    "float: right;",
    "padding: 1px 2px 1px 3px;",
    "border-radius: 1px 2px 2px 1px;",
    "padding: max(1px, env(safe-area-inset-left)) 2px;",
    "margin: 0 auto max(1px, 2px);",
    "inset-inline-start: 1px;",
  ].filter(isPhysical);

  assert.equal(found.length, 3);
});
