import { inlineOf } from "./inline.js";

/** @import { Inline } from "./inline.js" */

/**
 * @typedef {{ kind: "paragraph", children: Inline[] }
 *   | { kind: "code", text: string, language: string }
 *   | { kind: "quote", children: Block[] }} Block
 */

/** A quote in more quotes than these is written out as it is. */
const DEEPEST = 3;
const FENCE = "```";
const LANGUAGE = /^[\w+#.-]{1,20}$/;
const NOBODY = () => false;

/**
 * What a message says, as a tree. Only the text is looked at: it never becomes markup by itself.
 * The time it takes grows with the text's length, whatever the text is.
 * @param {string} text
 * @param {(name: string) => boolean} [isName] whether a name is somebody's
 * @returns {Block[]}
 */
export function parse(text, isName = NOBODY) {
  return blocksOf(text.split("\n"), isName, 0);
}

/**
 * @param {string[]} lines
 * @param {(name: string) => boolean} isName
 * @param {number} depth in so many quotes
 * @returns {Block[]}
 */
function blocksOf(lines, isName, depth) {
  const ends = fenceEnds(lines);
  /** @type {Block[]} */
  const blocks = [];
  /** @type {string[]} */
  let plain = [];
  const flush = () => {
    const text = withoutBlankEnds(plain);
    if (text.length > 0) blocks.push(paragraph(text, isName));
    plain = [];
  };
  for (let i = 0; i < lines.length;) {
    const end = endOfCode(lines, i, ends) ?? endOfQuote(lines, i);
    const part = lines.slice(i, end);
    const block = blockOf(part, isName, depth);
    if (block) {
      flush();
      blocks.push(block);
    } else for (const line of part) plain.push(line);
    i = end;
  }
  flush();
  return blocks;
}

/**
 * @param {string[]} lines
 * @param {(name: string) => boolean} isName
 * @param {number} depth
 * @returns {Block | null} null if they are text
 */
function blockOf(lines, isName, depth) {
  if (lines.every((line) => /^[\s`>]*$/.test(line))) return null;
  if (isQuoted(lines[0])) return depth < DEEPEST ? quote(lines, isName, depth) : null;
  return lines.length > 1 ? code(lines) : null;
}

/**
 * @param {string[]} lines
 * @param {(name: string) => boolean} isName
 * @returns {Block}
 */
function paragraph(lines, isName) {
  /** @type {Inline[]} */
  const children = [];
  for (const [index, line] of lines.entries()) {
    if (index > 0) addText(children, "\n");
    for (const node of inlineOf(line, isName)) {
      if (node.kind === "text") addText(children, node.text);
      else children.push(node);
    }
  }
  return { kind: "paragraph", children };
}

/**
 * @param {Inline[]} nodes
 * @param {string} text
 */
function addText(nodes, text) {
  const last = nodes.at(-1);
  if (last?.kind === "text") last.text += text;
  else nodes.push({ kind: "text", text });
}

/**
 * @param {string[]} lines
 * @param {(name: string) => boolean} isName
 * @param {number} depth
 * @returns {Block}
 */
function quote(lines, isName, depth) {
  const inner = lines.map((line) => line.replace(/^> ?/, ""));
  return { kind: "quote", children: blocksOf(inner, isName, depth + 1) };
}

/**
 * @param {string[]} lines with both fences
 * @returns {Block}
 */
function code(lines) {
  const first = (lines[0] ?? "").slice(FENCE.length);
  const last = (lines.at(-1) ?? "").trimEnd().slice(0, -FENCE.length);
  const inner = [...lines.slice(1, -1), ...(last.trim() === "" ? [] : [last])];
  const hasLanguage = inner.length > 0 && LANGUAGE.test(first.trim());
  if (!hasLanguage && first.trim() !== "") inner.unshift(first);
  return { kind: "code", text: inner.join("\n"), language: hasLanguage ? first.trim() : "" };
}

/**
 * Where the code that begins in a line ends; null if none begins there.
 * @param {string[]} lines
 * @param {number} start
 * @param {(number | undefined)[]} ends
 */
function endOfCode(lines, start, ends) {
  const first = lines[start] ?? "";
  const end = ends[start + 1];
  if (end === undefined || !first.startsWith(FENCE) || first.includes("`", FENCE.length)) {
    return null;
  }
  return end + 1;
}

/**
 * For each line the first one from there on that ends with a fence.
 * @param {string[]} lines
 */
function fenceEnds(lines) {
  /** @type {(number | undefined)[]} */
  const ends = [];
  let end;
  for (let i = lines.length - 1; i >= 0; i--) {
    if (lines[i]?.trimEnd().endsWith(FENCE)) end = i;
    ends[i] = end;
  }
  return ends;
}

/**
 * Where the quote that begins in a line ends, or else the line.
 * @param {string[]} lines
 * @param {number} start
 */
function endOfQuote(lines, start) {
  let end = start;
  while (isQuoted(lines[end])) end++;
  return Math.max(end, start + 1);
}

/**
 * With a space after it: `>_<` is a face.
 * @param {string | undefined} line
 */
function isQuoted(line) {
  return line === ">" || Boolean(line?.startsWith("> "));
}

/** @param {string[]} lines */
function withoutBlankEnds(lines) {
  let [start, end] = [0, lines.length];
  while (start < end && lines[start]?.trim() === "") start++;
  while (end > start && lines[end - 1]?.trim() === "") end--;
  return lines.slice(start, end);
}
