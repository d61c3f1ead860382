import { beginningOf } from "./characters.js";

/** @import { Block } from "./blocks.js" */
/** @import { Inline } from "./inline.js" */

/** A longer message is shown in part. Counted, and not measured: rows are shown before they have a place. */
const LONG = { lines: 24, characters: 1_800 };
/** So much of it: less, so that "Show more" always shows some lines more. */
const SHOWN = { lines: 16, characters: 1_200 };

/** @typedef {{ lines: number, characters: number }} Room lines that may still begin */

/**
 * The beginning of a long message; null if it is not long.
 * @param {string} text
 * @param {Block[]} blocks of that text
 * @returns {Block[] | null}
 */
export function beginningOfLong(text, blocks) {
  const isLong = text.length > LONG.characters || text.split("\n").length > LONG.lines;
  return isLong ? cutBlocks(blocks, { ...SHOWN }) : null;
}

/**
 * @param {Block[]} blocks
 * @param {Room} room
 * @returns {Block[]}
 */
function cutBlocks(blocks, room) {
  /** @type {Block[]} */
  const taken = [];
  for (const block of blocks) {
    if (room.lines < 1 || room.characters <= 0) break;
    taken.push(cutBlock(block, room));
  }
  return taken;
}

/**
 * @param {Block} block
 * @param {Room} room
 * @returns {Block}
 */
function cutBlock(block, room) {
  if (block.kind === "quote") return { ...block, children: cutBlocks(block.children, room) };
  room.lines--;
  if (block.kind === "code") return { ...block, text: cutText(block.text, room) };
  return { ...block, children: cutInline(block.children, room) };
}

/**
 * @param {Inline[]} nodes
 * @param {Room} room
 * @returns {Inline[]}
 */
function cutInline(nodes, room) {
  /** @type {Inline[]} */
  const taken = [];
  for (const node of nodes) {
    if (room.lines < 0 || room.characters <= 0) break;
    taken.push(cutNode(node, room));
  }
  return taken;
}

/**
 * @param {Inline} node
 * @param {Room} room
 * @returns {Inline}
 */
function cutNode(node, room) {
  if ("children" in node) return { ...node, children: cutInline(node.children, room) };
  if (node.kind === "text" || node.kind === "code") {
    return { ...node, text: cutText(node.text, room) };
  }
  // A link and a name are shown whole.
  room.characters -= node.text.length;
  return node;
}

/**
 * @param {string} text
 * @param {Room} room
 */
function cutText(text, room) {
  const lines = text.split("\n");
  const whole = lines.slice(0, room.lines + 1).join("\n");
  const cut = beginningOf(whole, room.characters);
  room.lines -= lines.length - 1;
  room.characters -= text.length;
  return cut === text ? text : `${cut.trimEnd()} …`;
}
