import assert from "node:assert/strict";
import { test } from "node:test";

import fc from "fast-check";

import { loadEmoji, withTone } from "../../page/emoji/data.js";
import { COLUMNS, moved } from "../../page/emoji/moves.js";
import { Remembered } from "../../page/emoji/remembered.js";
import { emojiNamed, searchEmoji } from "../../page/emoji/search.js";
import { USUAL } from "../../page/reactions.js";

const all = await loadEmoji();
/** The most that the service takes as a reaction. */
const REACTION_BYTES = 32;

/** @param {string} query */
function found(query) {
  return searchEmoji(all, query, 5).map(({ emoji }) => emoji);
}

/** @param {string | null} [text] */
function storage(text = null) {
  return {
    text,
    getItem: () => text,
    /**
     * @param {string} _
     * @param {string} value
     */
    setItem(_, value) {
      text = value;
    },
  };
}

test("an emoji is found by its short name, by what it shows and by what goes with it", () => {
  assert.equal(found("tada")[0], "🎉");
  assert.equal(found("thumbsup")[0], "👍");
  assert.equal(found("+1")[0], "👍");
  assert.ok(found("thumbs u").includes("👍"));
  assert.ok(found("otter").includes("🦦"));
  assert.ok(found("Flag germ").includes("🇩🇪"));
  assert.deepEqual([found(""), found("  "), found("xyzzy")], [[], [], []]);
  assert.equal(emojiNamed(all, "heart")?.emoji, "❤️");
  assert.equal(emojiNamed(all, "hear"), null);
});

test("the emoji of the picker are written as those of the quick reactions", () => {
  const known = new Set(all.map(({ emoji }) => emoji));

  assert.deepEqual(
    USUAL.filter((reaction) => !known.has(reaction)),
    [],
  );
  assert.equal(known.size, all.length);
});

test("every emoji can be a reaction, in every tone", () => {
  const tooLong = all.flatMap((emoji) =>
    [0, 1, 2, 3, 4, 5]
      .map((tone) => withTone(emoji, tone))
      .filter((it) => Buffer.byteLength(it) > REACTION_BYTES),
  );

  assert.deepEqual(tooLong, []);
  assert.equal(withTone(emojiNamed(all, "wave") ?? { ...all[0] }, 3), "👋🏽");
});

test("the emoji used last come first, each once, over a reload", () => {
  const kept = storage();
  const remembered = new Remembered(() => kept);
  for (const emoji of ["a", "b", "a", "c"]) remembered.used(emoji);
  remembered.setTone(4);

  const after = new Remembered(() => kept);

  assert.deepEqual([after.recent, after.tone], [["c", "a", "b"], 4]);
  for (let i = 0; i < 100; i++) after.used(String(i));
  assert.equal(after.recent.length, 16);
});

test("what else is found in the storage is no emoji used last", () => {
  const broken = ["null", "{", "[]", '{"recent":{"a":1},"tone":9}', '{"recent":[1,"x"],"tone":-1}'];

  const found = broken
    .map((text) => new Remembered(() => storage(text)))
    .map((it) => it.recent.join());

  assert.deepEqual(found, ["", "", "", "", "x"]);
});

test("without a storage emoji are remembered until the page is left", () => {
  const remembered = new Remembered(() => {
    throw new Error("SecurityError");
  });

  remembered.used("🦦");

  assert.deepEqual(remembered.recent, ["🦦"]);
});

test("the arrow keys lead to every emoji, one line up or down, and never out of the list", () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(sizes, (sizes) => {
      let at = { section: 0, index: 0 };
      const seen = new Set();
      for (let step = 0; step < 200; step++) {
        seen.add(`${at.section} ${at.index}`);
        for (const key of ["ArrowDown", "ArrowUp", "ArrowLeft", "ArrowRight"]) {
          const to = moved(sizes, at, key);
          assert.ok(
            to.index >= 0 && to.index < (sizes[to.section] ?? 0),
            JSON.stringify([at, key]),
          );
        }
        const below = moved(sizes, at, "ArrowDown");
        if (below.section === at.section && below.index === at.index + COLUMNS)
          assert.deepEqual(moved(sizes, below, "ArrowUp"), at);
        at = moved(sizes, at, "ArrowRight");
      }
      const total = sizes.reduce((sum, size) => sum + size, 0);
      assert.equal(seen.size, total);
    }),
  );
});
