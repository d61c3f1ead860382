import assert from "node:assert/strict";
import { test } from "node:test";

import fc from "fast-check";

import { firstSince } from "../../page/finding/first-since.js";
import { folded, plainLetters } from "../../page/finding/folding.js";
import { excerptOf, hitsIn, piecesOf } from "../../page/finding/hits.js";
import { matching } from "../../page/finding/matching.js";
import { Profiles } from "../../page/finding/profiles.js";
import { MOST_PAGES, Searching } from "../../page/finding/searching.js";
import { ParleyError } from "../../src/index.js";
import { FakeClock } from "../support/clock.js";

/** @import { Message, Profile } from "../../src/index.js" */

const text = fc.string({ unit: "grapheme", maxLength: 40 });

/**
 * @param {string} content
 * @param {string} wanted
 */
function shownHits(content, wanted) {
  return hitsIn(content, wanted).map(({ start, end }) => content.slice(start, end));
}

test("what differs only in case or composition is equal, as for the service", () => {
  for (const [one, other] of [
    ["STRASSE", "Straße"],
    ["STRAẞE", "straße"],
    ["ΣΊΣΥΦΟΣ", "σίσυφος"],
    ["I\u0307stanbul", "ıSTANBUL"],
    ["İ", "i"],
    ["E\u0301", "é"],
    ["ﬁn", "FIN"],
    ["\u1112\u1161\u11ab", "한"],
    ["K", "k"],
  ]) {
    assert.equal(folded(one), folded(other), one);
  }
  assert.notEqual(folded("cafe"), folded("café"));
});

test("a hit covers the characters of the text as it was written", () => {
  assert.deepEqual(shownHits("Große STRASSE, straße", "straße"), ["STRASSE", "straße"]);
  assert.deepEqual(shownHits("Cafe\u0301 and café", "CAFÉ"), ["Cafe\u0301", "café"]);
  assert.deepEqual(shownHits("Maß", "s"), ["ß"]);
  assert.deepEqual(shownHits("cafe\u0301", "cafe"), []);
  assert.deepEqual(shownHits("👍🏽 yes 👨‍👩‍👧 🇩🇪", "👍 "), ["👍🏽"]);
  assert.deepEqual(shownHits("👍🏽 yes 👨‍👩‍👧 🇩🇪", "👩"), ["👨‍👩‍👧"]);
  assert.deepEqual(shownHits("a lot", "  "), []);
});

test("the pieces of a text are the text, whatever is sought in it", () => {
  fc.assert(
    fc.property(text, text, (content, wanted) => {
      const pieces = piecesOf(content, hitsIn(content, wanted));

      assert.equal(pieces.map((piece) => piece.text).join(""), content);
    }),
  );
});

test("a text is found wherever it stands, in any case", () => {
  fc.assert(
    fc.property(text, text, text, (before, wanted, after) => {
      fc.pre(wanted.trim() !== "");
      const content = `${before} ${wanted.trim().toUpperCase()} ${after}`;

      assert.ok(
        hitsIn(content, wanted).some(({ start, end }) =>
          folded(content.slice(start, end)).includes(folded(wanted.trim())),
        ),
      );
    }),
  );
});

test("hits are in order and do not overlap", () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom("a", "ß", "s", "i\u0307", "e\u0301") }), (it) => {
      let at = 0;
      for (const { start, end } of hitsIn(it, "s")) {
        assert.ok(start >= at && end > start);
        at = end;
      }
    }),
  );
});

test("an excerpt shows the first hit without marks, unless the hit is in the marks", () => {
  const far = `${"long before ".repeat(20)}the **lunch** is at noon`;
  const excerpt = excerptOf(far, "lunch is");
  const joined = excerpt.map((piece) => piece.text).join("");

  assert.deepEqual(excerptOf("a **b**", "**"), [
    { text: "a ", isHit: false },
    { text: "**", isHit: true },
    { text: "b", isHit: false },
    { text: "**", isHit: true },
  ]);
  assert.ok(joined.startsWith("…") && joined.length < 120, joined);
  assert.deepEqual(
    excerpt.filter((piece) => piece.isHit).map((piece) => piece.text),
    ["lunch is"],
  );
});

test("letters without accents match those with them", () => {
  assert.equal(plainLetters("Zoë Müller"), plainLetters("zoe MULLER"));
  assert.equal(plainLetters("Ångström"), "angstrom");
});

/**
 * A conversation with messages at some of its numbers, a second apart, and long ones perhaps: then a page
 * has few of them.
 * @param {{ seqs: number[], perPage?: number }} options
 */
function conversation({ seqs, perPage = 100 }) {
  const messages = seqs.map((seq) => {
    return /** @type {Message} */ ({ seq, createdAt: new Date(seq * 1000).toISOString() });
  });
  let requests = 0;
  return {
    count: () => requests,
    history: async (/** @type {{ before: number, limit: number }} */ { before, limit }) => {
      requests++;
      const asked = messages.filter(({ seq }) => seq < before);
      return { messages: asked.slice(-Math.min(limit, perPage)) };
    },
  };
}

test("the first message since a time is found, in conversations with gaps", async () => {
  const seqs = fc.uniqueArray(fc.integer({ min: 1, max: 600 }), { maxLength: 400 });
  await fc.assert(
    fc.asyncProperty(
      seqs,
      fc.integer({ min: 0, max: 700 }),
      fc.integer({ min: 1, max: 100 }),
      async (some, since, perPage) => {
        const sorted = [...some].sort((a, b) => a - b);
        const { history } = conversation({ seqs: sorted, perPage });

        const found = await firstSince(history, 620, since * 1000);

        assert.equal(
          found?.seq,
          sorted.find((seq) => seq >= since),
        );
      },
    ),
  );
});

test("a date in a long conversation takes few requests", async () => {
  const seqs = Array.from({ length: 50_000 }, (_, index) => index + 1);
  for (const [perPage, most] of [
    [100, 11],
    [2, 19],
  ]) {
    for (const since of [1, 2, 777, 25_000, 49_999, 50_000, 50_001]) {
      const { history, count } = conversation({ seqs, perPage });

      const found = await firstSince(history, 50_000, since * 1000);

      assert.equal(found?.seq, since > 50_000 ? undefined : since);
      assert.ok(count() <= most, `${count()} requests since ${since}`);
    }
  }
});

/**
 * A search that finds nothing but at some of its pages.
 * @param {{ pages: number, foundAt?: number[] }} options
 */
function pagesOf({ pages, foundAt = [] }) {
  let asked = 0;
  return {
    count: () => asked,
    search: async () => {
      const page = ++asked;
      const messages = foundAt.includes(page) ? [/** @type {Message} */ ({ seq: page })] : [];
      return page < pages ? { messages, cursor: (pages - page) * 1000 } : { messages };
    },
  };
}

test("a search goes on over pages without hits until something is found", async () => {
  const { search, count } = pagesOf({ pages: 9, foundAt: [4, 6] });
  const searching = new Searching(search, () => {});

  await searching.begin("lunch");
  const first = [count(), searching.messages.length, searching.isWhole];
  await searching.goOn();
  await searching.goOn();

  assert.deepEqual(first, [4, 1, false]);
  assert.deepEqual([count(), searching.messages.length, searching.isWhole], [9, 2, true]);
});

test("a search that finds nothing stops after some pages, and goes on when asked", async () => {
  const { search, count } = pagesOf({ pages: 100, foundAt: [30] });
  const searching = new Searching(search, () => {});

  await searching.begin("lunch");
  const before = [count(), searching.cursor, searching.isBusy];
  await searching.goOn();

  assert.deepEqual(before, [MOST_PAGES, (100 - MOST_PAGES) * 1000, false]);
  assert.deepEqual([count(), searching.messages.length], [30, 1]);
});

test("a search that fails keeps what was found, and goes on from there", async () => {
  const { search } = pagesOf({ pages: 3, foundAt: [1, 3] });
  let isBroken = false;
  const searching = new Searching(
    async () => {
      if (isBroken) throw new Error("broken");
      return search();
    },
    () => {},
  );
  await searching.begin("lunch");
  isBroken = true;
  await searching.goOn();
  const { error } = searching;
  isBroken = false;

  await searching.goOn();

  assert.equal(/** @type {Error} */ (error).message, "broken");
  assert.deepEqual(
    [searching.error, searching.messages.length, searching.isWhole],
    [null, 2, true],
  );
});

test("a search that is stopped keeps what was found, and can go on", async () => {
  /** @type {AbortSignal[]} */
  const signals = [];
  const { search } = pagesOf({ pages: 9, foundAt: [1] });
  const searching = new Searching(
    (_, { signal }) => {
      signals.push(signal);
      if (signals.length !== 2) return search();
      return new Promise((_, reject) =>
        signal.addEventListener("abort", () => reject(signal.reason)),
      );
    },
    () => {},
  );
  await searching.begin("lunch");
  const going = searching.goOn();

  searching.stop();
  await going;

  const { error, isBusy, messages } = searching;
  assert.deepEqual([error, isBusy, messages.length, signals[1]?.aborted], [null, false, 1, true]);
  await searching.goOn();
  assert.equal(searching.isWhole, true);
});

test("the answer to a text that was given up for another one is not shown", async () => {
  /** @type {((page: { messages: Message[] }) => void)[]} */
  const answers = [];
  const searching = new Searching(
    () => new Promise((resolve) => answers.push(resolve)),
    () => {},
  );
  const first = searching.begin("lun");
  const second = searching.begin("lunch");

  answers[0]({ messages: [/** @type {Message} */ ({ seq: 1 })] });
  await first;
  const early = [searching.messages.length, searching.isBusy];
  answers[1]({ messages: [/** @type {Message} */ ({ seq: 2 })] });
  await second;

  assert.deepEqual(early, [0, true]);
  assert.deepEqual(
    [searching.text, searching.messages.map(({ seq }) => seq), searching.isBusy],
    ["lunch", [2], false],
  );
});

/**
 * @param {string} typed
 * @param {string[]} names the latest first
 */
function matches(typed, names) {
  return matching(typed, names, (name) => [name]);
}

test("the better a name matches, the earlier it comes, and equal ones stay in their order", () => {
  const names = [
    "Old plans",
    "Summer plans",
    "plan",
    "esplanade",
    "Plans",
    "p l a n",
    "Zoë",
    "Aplomb",
  ];

  assert.deepEqual(matches("plan", names), [
    ...["plan", "Plans", "Old plans", "Summer plans", "esplanade", "p l a n"],
  ]);
  assert.deepEqual(matches("pl su", names), ["Summer plans"]);
  assert.deepEqual(matches("smp", names), ["Summer plans"]);
  assert.deepEqual(matches("pms", names), []);
  assert.deepEqual(matches("supl", names), ["Summer plans"]);
  assert.deepEqual(matches("ZOE", names), ["Zoë"]);
  assert.deepEqual(matches("", names), names);
  assert.deepEqual(matches("(", names), []);
});

test("what matches contains the letters that were typed", () => {
  const name = fc.string({ unit: fc.constantFrom("a", "b", "é", "ß", " ", "-"), maxLength: 12 });
  fc.assert(
    fc.property(name, fc.array(name, { maxLength: 6 }), (typed, names) => {
      for (const found of matches(typed, names)) {
        const letters = new Set(plainLetters(found));
        for (const letter of plainLetters(typed).replace(/[ -]/g, ""))
          assert.ok(letters.has(letter), `${typed} in ${found}`);
      }
    }),
  );
});

/** @param {(userIds: string[]) => Promise<Profile[]>} load */
function profilesWith(load) {
  const clock = new FakeClock();
  const profiles = new Profiles();
  profiles.use(load, clock);
  return { clock, profiles };
}

/** @param {string} username */
function user(username) {
  return { userId: `id-${username}`, username };
}

test("names that are asked for at one time are looked up at one time, fifty a request", async () => {
  /** @type {string[][]} */
  const asked = [];
  const { clock, profiles } = profilesWith(async (ids) => {
    asked.push(ids);
    return ids.map((id) => ({ userId: id, username: id.slice(3), displayName: `Name ${id}` }));
  });
  const users = Array.from({ length: 120 }, (_, index) => user(`u${index}`));

  const before = users.map((each) => profiles.nameOf(each));
  await clock.pass(1000);
  const after = users.map((each) => profiles.nameOf(each));
  await clock.pass(1000);

  assert.deepEqual(before.slice(0, 2), ["u0", "u1"]);
  assert.deepEqual(after.slice(0, 2), ["Name id-u0", "Name id-u1"]);
  assert.deepEqual(
    asked.map(({ length }) => length),
    [50, 50, 20],
  );
});

test("a name is looked up again once it is old, and a user who is gone is not at once", async () => {
  let count = 0;
  const { clock, profiles } = profilesWith(async () => {
    count++;
    return [];
  });

  profiles.nameOf(user("alice"));
  await clock.pass(60_000);
  profiles.nameOf(user("alice"));
  await clock.pass(60_000);
  const early = count;
  await clock.pass(600_000);
  profiles.nameOf(user("alice"));
  await clock.pass(60_000);

  assert.deepEqual([early, count], [1, 2]);
});

test("a service without profiles is asked once", async () => {
  let count = 0;
  const { clock, profiles } = profilesWith(async () => {
    count++;
    throw new ParleyError("unknown_type", "There is no such type.");
  });

  for (const name of ["alice", "bob", "carol"]) {
    profiles.nameOf(user(name));
    await clock.pass(1_000_000);
  }

  assert.equal(count, 1);
});

test("a name that may mean another user comes with the username", () => {
  const profiles = new Profiles();
  profiles.note([
    { ...user("alice"), displayName: "Alice" },
    { ...user("mallory"), displayName: "\u00c1lice" },
    { ...user("bob"), displayName: "Bob the Builder" },
  ]);

  assert.equal(profiles.nameOf(user("alice")), "Alice (@alice)");
  assert.equal(profiles.nameOf(user("mallory")), "\u00c1lice (@mallory)");
  assert.equal(profiles.nameOf(user("bob")), "Bob the Builder");
  profiles.note([user("mallory")]);
  assert.equal(profiles.nameOf(user("alice")), "Alice");
  assert.equal(profiles.nameOfUsername("alice"), "Alice");
  assert.equal(profiles.nameOfUsername("nobody"), "nobody");
});

test("a name is shown again once it turns out that another user is called so", () => {
  const profiles = new Profiles();
  profiles.note([{ ...user("mallory"), displayName: "ALICE" }]);
  const before = profiles.nameOf(user("mallory"));
  let changes = 0;
  profiles.onChange(() => changes++);

  profiles.note([user("alice")]);

  assert.deepEqual([before, changes], ["ALICE", 1]);
  assert.equal(profiles.nameOf(user("mallory")), "ALICE (@mallory)");
});

test("a change of names is reported once, and nothing else is", () => {
  const profiles = new Profiles();
  let changes = 0;
  const end = profiles.onChange(() => changes++);

  profiles.note([{ ...user("alice"), displayName: "Alice" }, user("bob")]);
  profiles.note([{ ...user("alice"), displayName: "Alice" }, user("bob")]);
  profiles.note([user("alice")]);
  end();
  profiles.note([{ ...user("alice"), displayName: "Alice" }]);

  assert.equal(changes, 2);
});
