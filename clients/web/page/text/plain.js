import { parse } from "./blocks.js";

/** @import { Block } from "./blocks.js" */
/** @import { Inline } from "./inline.js" */

/**
 * What a message says, without the marks: for quotes, previews and notifications.
 * @param {string} text
 */
export function plainText(text) {
  return textOfBlocks(parse(text));
}

/** @param {Block[]} blocks */
export function textOfBlocks(blocks) {
  return blocks.map(textOfBlock).join("\n");
}

/**
 * @param {Block} block
 * @returns {string}
 */
function textOfBlock(block) {
  if (block.kind === "paragraph") return textOf(block.children);
  return block.kind === "quote" ? textOfBlocks(block.children) : block.text;
}

/**
 * @param {Inline[]} nodes
 * @returns {string}
 */
function textOf(nodes) {
  return nodes.map((node) => ("children" in node ? textOf(node.children) : node.text)).join("");
}
