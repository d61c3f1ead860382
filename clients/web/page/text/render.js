import { element } from "../dom.js";
import { EVERYBODY, nameAttributes } from "../mentions.js";

/** @import { Block } from "./blocks.js" */
/** @import { Inline } from "./inline.js" */

/**
 * Makes nodes of what a message says. Each paragraph has its own direction, and what is written in
 * another one in it stands apart: code, links and names.
 * @param {Block[]} blocks
 * @param {string} me the user's name
 * @returns {HTMLElement[]}
 */
export function nodesOf(blocks, me) {
  return blocks.map((block) => blockElement(block, me));
}

/**
 * @param {Block} block
 * @param {string} me
 * @returns {HTMLElement}
 */
function blockElement(block, me) {
  if (block.kind === "quote") return element("blockquote", {}, ...nodesOf(block.children, me));
  if (block.kind === "paragraph")
    return element("p", { dir: "auto" }, ...inlineNodes(block.children, me));
  const language = block.language ? { "data-language": block.language } : {};
  return element("pre", { dir: "ltr", ...language }, element("code", {}, block.text));
}

/**
 * @param {Inline[]} nodes
 * @param {string} me
 * @returns {(HTMLElement | string)[]}
 */
function inlineNodes(nodes, me) {
  return nodes.map((node) => (node.kind === "text" ? node.text : inlineElement(node, me)));
}

/**
 * @param {Exclude<Inline, { kind: "text" }>} node
 * @param {string} me
 */
function inlineElement(node, me) {
  switch (node.kind) {
    case "code":
      return element("code", { dir: "auto" }, node.text);
    case "link":
      return element("a", linkAttributes(node), node.text);
    case "mention":
      return element("span", mentionAttributes(node.name, me), node.text);
    case "strong":
      return element("strong", {}, ...inlineNodes(node.children, me));
    case "emphasis":
      return element("em", {}, ...inlineNodes(node.children, me));
  }
}

/**
 * @param {string} name
 * @param {string} me
 */
function mentionAttributes(name, me) {
  if (name === me) return { class: "mention me" };
  return { class: "mention", ...(name !== EVERYBODY && nameAttributes(name)) };
}

/**
 * Letters of other scripts may look like those of an address that is known: the address as
 * computers read it is shown on hover.
 * @param {{ href: string }} link
 */
function linkAttributes({ href }) {
  const { hostname } = new URL(href);
  return {
    ...{ class: "link", href, target: "_blank", rel: "noopener noreferrer", dir: "ltr" },
    ...(hostname.split(".").some((label) => label.startsWith("xn--")) && { title: href }),
  };
}
