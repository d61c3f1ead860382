import assert from "node:assert/strict";
import { test } from "node:test";

import { missing } from "../support/chromium.js";
import { stage } from "./browser.js";

const skip = missing;

test("any list of rows becomes any other, and moving one row is one move", { skip }, async (t) => {
  const { visit } = await stage(t);
  const page = await visit();

  const found = await page.evaluate(async () => {
    /** @type {typeof import("../../page/dom.js")} */
    const { arrange } = await import(new URL("page/dom.js", location.href).href);
    const nodes = Array.from({ length: 7 }, () => document.createElement("li"));
    const list = document.createElement("ul");
    let seed = 7;
    const dice = () => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647;
    const some = () =>
      nodes
        .filter(() => dice() < 0.6)
        .map((node) => ({ node, place: dice() }))
        .sort((a, b) => a.place - b.place)
        .map(({ node }) => node);
    let wrong = 0;
    for (let round = 0; round < 2_000; round++) {
      const wanted = some();
      arrange(list, wanted);
      if (wanted.some((node, index) => list.children[index] !== node)) wrong++;
      if (list.children.length !== wanted.length) wrong++;
    }
    arrange(list, nodes);
    const watch = new MutationObserver(() => {});
    watch.observe(list, { childList: true });
    const [middle, ...others] = [nodes[3], ...nodes.slice(0, 3), ...nodes.slice(4)];
    arrange(list, others);
    const removing = watch.takeRecords().length;
    if (middle) arrange(list, nodes);
    return { wrong, removing, adding: watch.takeRecords().length };
  });

  assert.deepEqual(found, { wrong: 0, removing: 1, adding: 1 });
});
