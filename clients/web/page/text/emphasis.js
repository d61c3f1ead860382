/** @import { Inline } from "./inline.js" */

/** @typedef {"*" | "_" | "**"} Mark */
/** @typedef {{ mark: Mark, run: number, children: Inline[], hasWord: boolean }} Open */

const RUNS = /\*+|_+/g;
/** @type {Record<string, Mark[]>} what a run of marks opens, outermost first; longer ones open nothing */
const OPENS = { "*": ["*"], _: ["_"], "**": ["**"], "***": ["**", "*"] };
/**
 * A letter or digit of a script that puts spaces between words. Inside such a word a mark is a
 * character like any other; in the other scripts it stands between two words.
 */
const WORD =
  /(?![\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Hang}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmr}\p{sc=Mymr}])[\p{L}\p{M}\p{N}]/u;
const SPACE = 32;
const HAS_WORD = /[\p{L}\p{N}\p{Extended_Pictographic}]/u;

/**
 * Finds what is emphasized in a line, in one pass from its beginning to its end. A mark opens at the
 * beginning of a word and closes at the end of one. A mark that is never closed is text, as is one after
 * a backslash; of several that open, the nearest one counts.
 */
export class Emphasis {
  /** @type {Inline[]} */
  #root = [];
  /** @type {Open[]} at most one of each mark */
  #open = [];
  #line;

  /** @param {string} line */
  constructor(line) {
    this.#line = line;
  }

  /**
   * A part of the line in which marks count.
   * @param {number} start
   * @param {number} end
   */
  text(start, end) {
    const text = this.#line.slice(start, end);
    let at = 0;
    for (const { 0: run, index } of text.matchAll(RUNS)) {
      this.#write(text.slice(at, index));
      this.#take(run, start + index);
      at = index + run.length;
    }
    this.#write(text.slice(at));
  }

  /** @param {Inline} node what has no marks inside */
  add(node) {
    const top = this.#open.at(-1);
    if (top) top.hasWord = true;
    append(this.#children, node);
  }

  end() {
    while (this.#open.length > 0) this.#give();
    return this.#root;
  }

  get #children() {
    return this.#open.at(-1)?.children ?? this.#root;
  }

  /** @param {string} text */
  #write(text) {
    if (text === "") return;
    const top = this.#open.at(-1);
    if (top && !top.hasWord) top.hasWord = HAS_WORD.test(text);
    append(this.#children, { kind: "text", text });
  }

  /**
   * @param {string} run
   * @param {number} index
   */
  #take(run, index) {
    const opens = OPENS[run];
    const before = characterBefore(this.#line, index);
    if (!opens || before === "\\") return this.#write(run);
    const after = characterAt(this.#line, index + run.length);
    const rest = isBlank(before) || isOfWord(after) ? run : this.#close(run);
    if (rest === "") return;
    const canOpen = rest === run && !isBlank(after) && !isOfWord(before);
    if (canOpen) for (const mark of opens) this.#begin(mark, index);
    else this.#write(rest);
  }

  /**
   * Closes what the run closes, the innermost first.
   * @param {string} run
   * @returns what is left of it
   */
  #close(run) {
    let rest = run;
    for (let mark; (mark = this.#closable(rest)); rest = rest.slice(mark.length)) this.#end(mark);
    return rest;
  }

  /** @param {string} run */
  #closable(run) {
    const marks = OPENS[run] ?? [];
    let hasWord = false;
    for (let i = this.#open.length - 1; i >= 0; i--) {
      const open = this.#open[i];
      hasWord ||= open?.hasWord ?? false;
      // Between the two there is a word: *_* is a face.
      if (open && marks.includes(open.mark)) return hasWord ? open.mark : null;
    }
    return null;
  }

  /**
   * @param {Mark} mark
   * @param {number} run
   */
  #begin(mark, run) {
    const same = this.#open.findIndex((it) => it.mark === mark);
    if (same >= 0) this.#giveFrom(same);
    this.#open.push({ mark, run, children: [], hasWord: false });
  }

  /** @param {Mark} mark */
  #end(mark) {
    this.#turn(mark);
    const at = this.#open.findIndex((it) => it.mark === mark);
    while (this.#open.length > at + 1) this.#give();
    const open = this.#open.pop();
    if (!open) return;
    const kind = mark === "**" ? "strong" : "emphasis";
    this.add({ kind, children: open.children });
  }

  /**
   * Three marks open two things: which of them is inside, the first that closes says.
   * @param {Mark} mark
   */
  #turn(mark) {
    const [outer, inner] = this.#open.slice(-2);
    if (!outer || !inner || outer.run !== inner.run || inner.mark === mark) return;
    [outer.mark, inner.mark] = [inner.mark, outer.mark];
  }

  /**
   * The mark is only text from here on, and what came after it stays open.
   * @param {number} index
   */
  #giveFrom(index) {
    const [open] = this.#open.splice(index, 1);
    if (!open) return;
    const outer = this.#open[index - 1];
    const nodes = outer?.children ?? this.#root;
    append(nodes, { kind: "text", text: open.mark });
    for (const node of open.children) append(nodes, node);
    if (outer) outer.hasWord ||= open.hasWord;
  }

  /** The innermost mark is only text. */
  #give() {
    this.#giveFrom(this.#open.length - 1);
  }
}

/**
 * @param {string} line
 * @param {number} index
 */
function characterAt(line, index) {
  return String.fromCodePoint(line.codePointAt(index) ?? SPACE);
}

/**
 * @param {string} line
 * @param {number} index
 */
function characterBefore(line, index) {
  const whole = characterAt(line, Math.max(0, index - 2));
  return whole.length === 2 ? whole : (line[index - 1] ?? " ");
}

/** @param {string} character */
function isBlank(character) {
  return character.trim() === "";
}

/** @param {string} character */
function isOfWord(character) {
  return /[a-z0-9]/i.test(character) || (character > "\x7f" && WORD.test(character));
}

/**
 * @param {Inline[]} nodes
 * @param {Inline} node
 */
function append(nodes, node) {
  const last = nodes.at(-1);
  if (node.kind === "text" && last?.kind === "text") last.text += node.text;
  else nodes.push(node);
}
