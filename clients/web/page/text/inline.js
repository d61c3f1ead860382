import { mentionsAt } from "../mentions.js";
import { Emphasis } from "./emphasis.js";
import { linksIn } from "./links.js";

/**
 * @typedef {{ kind: "text", text: string }
 *   | { kind: "code", text: string }
 *   | { kind: "link", text: string, href: string }
 *   | { kind: "mention", text: string, name: string }
 *   | { kind: "strong" | "emphasis", children: Inline[] }} Inline
 */

/** @typedef {{ start: number, end: number, node: Inline }} Atom what has no marks inside */

/**
 * One line of a message: code, links and mentions first, then what is emphasized around them.
 * @param {string} line
 * @param {(name: string) => boolean} isName whether a name is somebody's
 * @returns {Inline[]}
 */
export function inlineOf(line, isName) {
  const emphasis = new Emphasis(line);
  let at = 0;
  for (const { start, end, node } of atomsOf(line, isName)) {
    emphasis.text(at, start);
    emphasis.add(node);
    at = end;
  }
  emphasis.text(at, line.length);
  return emphasis.end();
}

/**
 * @param {string} line
 * @param {(name: string) => boolean} isName
 * @returns {Atom[]}
 */
function atomsOf(line, isName) {
  /** @type {Atom[]} */
  const atoms = [];
  let at = 0;
  for (const code of codeIn(line)) {
    atoms.push(...addressesIn(line, at, code.start, isName), code);
    at = code.end;
  }
  return [...atoms, ...addressesIn(line, at, line.length, isName)];
}

/**
 * Code stands between two runs of as many backticks.
 * @param {string} line
 * @returns {Atom[]}
 */
function codeIn(line) {
  if (!line.includes("`")) return [];
  const runs = [...line.matchAll(/`+/g)].map(({ 0: { length }, index }) => ({ index, length }));
  const closing = nextOfLength(runs);
  /** @type {Atom[]} */
  const found = [];
  for (let i = 0; i < runs.length; i++) {
    const [open, close] = [runs[i], runs[closing[i] ?? -1]];
    if (!open || !close) continue;
    const text = line.slice(open.index + open.length, close.index);
    const node = { kind: /** @type {const} */ ("code"), text: unpadded(text) };
    found.push({ start: open.index, end: close.index + close.length, node });
    i = closing[i] ?? i;
  }
  return found;
}

/**
 * For each run the next one that is as long.
 * @param {{ length: number }[]} runs
 */
function nextOfLength(runs) {
  /** @type {Map<number, number>} */
  const last = new Map();
  /** @type {(number | undefined)[]} */
  const next = [];
  for (let i = runs.length - 1; i >= 0; i--) {
    const { length = 0 } = runs[i] ?? {};
    next[i] = last.get(length);
    last.set(length, i);
  }
  return next;
}

/**
 * A space on both sides keeps a backtick in the code apart from those around it.
 * @param {string} text
 */
function unpadded(text) {
  return /^ .*[^ ].* $/.test(text) ? text.slice(1, -1) : text;
}

/**
 * Links and mentions in a part of a line. Of two that overlap the first one counts.
 * @param {string} line
 * @param {number} from
 * @param {number} to
 * @param {(name: string) => boolean} isName
 * @returns {Atom[]}
 */
function addressesIn(line, from, to, isName) {
  const text = line.slice(from, to);
  const links = linksIn(text).map((it) => ({ ...it, kind: /** @type {const} */ ("link") }));
  const names = mentionsAt(text, isName).map((it) => ({
    ...it,
    kind: /** @type {const} */ ("mention"),
  }));
  let at = 0;
  return [...links, ...names]
    .sort((a, b) => a.start - b.start)
    .flatMap(({ start, end, ...node }) => {
      if (start < at) return [];
      at = end;
      return [
        { start: from + start, end: from + end, node: { ...node, text: text.slice(start, end) } },
      ];
    });
}
