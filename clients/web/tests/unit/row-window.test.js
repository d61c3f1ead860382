import assert from "node:assert/strict";
import { test } from "node:test";

import fc from "fast-check";

import { RowWindow } from "../../page/row-window.js";

/** @import { Items } from "../../page/row-window.js" */

/**
 * A row as a browser has it: `lead` is the day above it.
 * @typedef {{ id: number, body: number, lead: number }} FakeRow
 */

const VIEW = 600;
/** What stands above the rows, such as "Loading messages". */
const START = 40;

/** @param {FakeRow} row */
function heightOf({ body, lead }) {
  return body + lead;
}

/** A browser's box that scrolls, with rows in it that have heights of their own. */
class FakeBox {
  top = 0;
  height = VIEW;
  /** @type {FakeRow[]} */
  rows = [];
  /** @type {({ gap: number } | { index: number, id: number })[]} what is in the document */
  parts = [];
  /** @type {Set<number>} ids of rows in use */
  used = new Set();
  draws = 0;
  window = new RowWindow({
    sight: () => ({ top: this.top, height: this.height, start: START }),
    draw: (parts) => {
      this.draws++;
      this.parts = parts.map((part) =>
        "gap" in part ? part : { ...part, id: this.rows[part.index]?.id ?? NaN },
      );
    },
    measure: () =>
      this.drawn.map(({ index, row }) => ({ index, height: heightOf(row), lead: row.lead })),
    kept: () => this.drawn.flatMap(({ index, row }) => (this.used.has(row.id) ? [index] : [])),
    scrollTo: (top) => this.scrollTo(top),
    scrollToEnd: () => this.scrollTo(Infinity),
  });

  get drawn() {
    return this.parts.flatMap((part) => {
      const row = "id" in part && this.#rowOf(part.id);
      return row ? [{ index: part.index, row }] : [];
    });
  }

  /** @param {number} id */
  #rowOf(id) {
    return this.rows.find((row) => row.id === id);
  }

  get scrollHeight() {
    return START + this.parts.reduce((sum, part) => sum + this.#heightOf(part), 0);
  }

  /** @param {number} top */
  scrollTo(top) {
    this.top = Math.max(0, Math.min(top, this.scrollHeight - this.height));
  }

  /**
   * Where the message of a row is drawn in the view; null if it is not.
   * @param {number} id
   */
  placeOf(id) {
    let y = START - this.top;
    for (const part of this.parts) {
      const row = "id" in part && part.id === id && this.#rowOf(id);
      if (row) return y + row.lead;
      y += this.#heightOf(part);
    }
    return null;
  }

  /** The rows whose message is in view, from the first that is in view with its beginning. */
  get inView() {
    return this.drawn
      .map(({ row }) => ({ id: row.id, place: this.placeOf(row.id) ?? NaN }))
      .filter(({ place }) => place >= 0 && place < this.height);
  }

  /** The first row whose message is in view, if only with its end. */
  get atTop() {
    return this.drawn
      .map(({ row }) => ({ ...row, place: this.placeOf(row.id) ?? NaN }))
      .find(({ place, body }) => place + body > 0);
  }

  /** The part of the view in which there is a gap, in pixels. */
  get blank() {
    let [y, blank] = [START - this.top, 0];
    for (const part of this.parts) {
      const height = this.#heightOf(part);
      const seen = Math.min(y + height, this.height) - Math.max(y, 0);
      if ("gap" in part) blank += Math.max(0, seen);
      y += height;
    }
    return blank;
  }

  /**
   * @param {number} index
   * @param {number} by
   */
  grow(index, by) {
    this.rows = this.rows.map((row, it) => (it === index ? { ...row, body: row.body + by } : row));
  }

  change() {
    this.window.change(itemsOf(this.rows));
  }

  /** @param {number} by */
  scroll(by) {
    this.scrollTo(this.top + by);
    this.window.scrolled(this.scrollHeight - this.top - this.height < 80);
  }

  /** @param {{ gap: number } | { id: number }} part */
  #heightOf(part) {
    if ("gap" in part) return part.gap;
    const row = this.#rowOf(part.id);
    return row ? heightOf(row) : 0;
  }
}

/**
 * @param {readonly FakeRow[]} rows
 * @returns {Items<FakeRow>}
 */
function itemsOf(rows) {
  const copy = [...rows];
  const places = new Map(copy.map(({ id }, index) => [id, index]));
  return {
    length: copy.length,
    at: (index) => copy[index],
    indexOf: ({ id }) => places.get(id) ?? -1,
  };
}

/**
 * @param {number} from
 * @param {number} many
 * @param {(id: number) => number} [body]
 * @returns {FakeRow[]}
 */
function rows(from, many, body = (id) => 20 + (Math.abs(id * 37) % 90)) {
  return Array.from({ length: many }, (_, index) => {
    const id = from + index;
    return { id, body: body(id), lead: Math.abs(id) % 25 === 0 ? 40 : 0 };
  });
}

/** @param {FakeRow[]} some */
function boxOf(some) {
  const box = new FakeBox();
  box.rows = some;
  box.change();
  return box;
}

const pixels = fc.integer({ min: -4_000, max: 4_000 });
const few = fc.integer({ min: 1, max: 60 });
const happening = fc.oneof(
  fc.record({ kind: fc.constant(/** @type {const} */ ("scroll")), by: pixels }),
  fc.record({
    kind: fc.constant(/** @type {const} */ ("fling")),
    to: fc.double({ min: 0, max: 1, noNaN: true }),
  }),
  fc.record({ kind: fc.constant(/** @type {const} */ ("prepend")), many: few }),
  fc.record({ kind: fc.constant(/** @type {const} */ ("append")), many: few }),
  fc.record({ kind: fc.constant(/** @type {const} */ ("insert")), at: fc.nat(), many: few }),
  fc.record({ kind: fc.constant(/** @type {const} */ ("remove last")) }),
  fc.record({
    kind: fc.constant(/** @type {const} */ ("grow")),
    at: fc.nat(),
    by: fc.integer({ min: 1, max: 300 }),
  }),
  fc.record({
    kind: fc.constant(/** @type {const} */ ("resize")),
    height: fc.integer({ min: 200, max: 1_200 }),
  }),
  fc.record({ kind: fc.constant(/** @type {const} */ ("use")), at: fc.nat() }),
  fc.record({ kind: fc.constant(/** @type {const} */ ("end")) }),
  fc.record({ kind: fc.constant(/** @type {const} */ ("bring")), at: fc.nat() }),
);

/** @typedef {import("fast-check").Arbitrary<any>} Any */
/** @typedef {typeof happening extends import("fast-check").Arbitrary<infer T> ? T : never} Happening */

/** Changes around what is looked at; the rest moves on purpose. */
const AROUND = new Set(["prepend", "append", "insert", "grow", "remove last"]);

/**
 * @param {FakeBox} box
 * @param {Happening} happening
 * @param {() => number} nextId
 */
function apply(box, happening, nextId) {
  const { length } = box.rows;
  switch (happening.kind) {
    case "scroll":
      return box.scroll(happening.by);
    case "fling":
      return box.scroll(happening.to * box.scrollHeight - box.top);
    case "prepend":
      box.rows = [...rows(-nextId(), happening.many), ...box.rows];
      return box.change();
    case "append":
      box.rows = [...box.rows, ...rows(nextId(), happening.many)];
      return box.change();
    case "insert":
      box.rows = [...box.rows];
      box.rows.splice(happening.at % length, 0, ...rows(nextId(), happening.many));
      return box.change();
    case "remove last":
      if (length > 1) box.rows = box.rows.slice(0, -1);
      return box.change();
    case "grow": {
      const { index, row } = box.drawn[happening.at % box.drawn.length] ?? { index: 0 };
      if (row) box.grow(index, happening.by);
      return box.window.resized();
    }
    case "resize":
      box.height = happening.height;
      box.scrollTo(box.top);
      return box.window.resized();
    case "use": {
      const { row } = box.drawn[happening.at % box.drawn.length] ?? {};
      if (row) box.used.add(row.id);
      return;
    }
    case "end":
      return box.window.end();
    case "bring":
      box.window.bring(happening.at % length, 1 / 3);
      return box.window.scrolled();
  }
}

test("whatever happens around it, what is looked at stays where it is", () => {
  fc.assert(
    fc.property(few, fc.array(happening, { maxLength: 25 }), (many, happenings) => {
      const box = boxOf(rows(0, many * 5));
      let id = 1_000;
      let tallest = VIEW;
      for (const it of happenings) {
        const { isAtEnd } = box.window;
        const first = box.atTop;
        const fits = box.scrollHeight <= box.height;

        apply(box, it, () => (id += 1_000));

        const end = box.scrollHeight - box.height;
        const says = () => `after ${JSON.stringify(it)} of ${JSON.stringify(happenings)}`;
        if (isAtEnd && AROUND.has(it.kind)) {
          assert.ok(Math.abs(box.top - Math.max(0, end)) < 1, `at the end ${says()}`);
        } else if (AROUND.has(it.kind) && !fits && box.top > 0 && box.top < end - 1) {
          const place = first && box.placeOf(first.id);
          // What grows moves what is below it.
          const moved = first && Math.abs((place ?? NaN) - first.place) >= 1;
          assert.ok(it.kind === "grow" || !moved, `${place} not ${first?.place} ${says()}`);
        }
        assert.equal(box.blank, 0, `nothing blank ${says()}`);
        for (const used of box.used) {
          assert.ok(box.rows.every((row) => row.id !== used) || box.placeOf(used) !== null, says());
        }
        // A view that becomes lower keeps what was drawn for the higher one.
        tallest = Math.max(tallest, box.height);
        const bound = (3 * tallest) / 20 + 3 + box.used.size;
        assert.ok(box.drawn.length <= bound, `${box.drawn.length} drawn ${says()}`);
      }
    }),
    { numRuns: 1_000 },
  );
});

test("a row above that grows does not move what is in view", () => {
  const box = boxOf(rows(0, 1_000));
  box.scroll(-10_000);
  const [first] = box.inView;
  const above = box.drawn[0];
  assert.ok(first && above && box.placeOf(above.row.id) !== null);

  box.grow(above.index, 200);
  box.window.resized();

  assert.equal(box.placeOf(first.id), first.place);
});

test("rows that were never drawn are met without a jump while scrolling up", () => {
  const box = boxOf(rows(0, 2_000, (id) => (id % 7 === 0 ? 400 : 22)));
  let jumps = 0;

  for (let step = 0; step < 300; step++) {
    const [first] = box.inView;
    box.scroll(-150);
    const place = first ? box.placeOf(first.id) : null;
    if (first && place !== null && Math.abs(place - first.place - 150) > 1) jumps++;
  }

  assert.equal(jumps, 0);
});

test("a message that comes is drawn by one drawing of a few rows, of ten thousand", () => {
  const box = boxOf(rows(0, 10_000));
  box.draws = 0;

  box.rows = [...box.rows, ...rows(10_000, 1)];
  box.change();

  assert.equal(box.draws, 1);
  assert.ok(box.drawn.length < 100);
  assert.equal(box.drawn.at(-1)?.row.id, 10_000);
});

test("rows that turn out much smaller than others fill the view all the same", () => {
  const box = boxOf(rows(0, 500, () => 900));
  box.rows = [...rows(-500, 500, () => 20), ...box.rows];
  box.change();

  box.scroll(-Infinity);
  box.scroll(-Infinity);

  assert.equal(box.blank, 0);
});

test("rows that are not displayed teach nothing about heights", () => {
  const box = boxOf(rows(0, 1_000));
  box.scroll(-10_000);
  const [first] = box.inView;
  const measured = box.rows;
  box.rows = measured.map((row) => ({ ...row, body: 0, lead: 0 }));
  box.height = 0;
  box.window.resized();
  box.rows = measured;
  box.height = VIEW;

  box.window.resized();

  assert.equal(box.blank, 0);
  assert.ok(first && Math.abs((box.placeOf(first.id) ?? NaN) - first.place) < 1);
});
