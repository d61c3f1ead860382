import { EVERYBODY } from "../mentions.js";
import { parse } from "./blocks.js";

/** @import { Block } from "./blocks.js" */
/** @import { Inline } from "./inline.js" */

/** @typedef {{ userId: string, username: string }} Person */

/** As many as one message may name. */
const MOST = 20;

/**
 * The members whom a message mentions, by `@` and their name. What stands in code names nobody.
 * @param {string} text
 * @param {readonly Person[]} members
 * @param {boolean} canNameAll whether the user may mention everybody at once
 * @returns {string[]} their ids, or `*` for everybody
 */
export function mentionsIn(text, members, canNameAll) {
  const known = new Set([EVERYBODY, ...members.map(({ username }) => username)]);
  const names = new Set(namesIn(parse(text, (name) => known.has(name))));
  if (canNameAll && names.has(EVERYBODY)) return ["*"];
  return members
    .filter(({ username }) => names.has(username))
    .map(({ userId }) => userId)
    .slice(0, MOST);
}

/**
 * @param {(Block | Inline)[]} nodes
 * @returns {string[]}
 */
function namesIn(nodes) {
  return nodes.flatMap((node) => {
    if ("children" in node) return namesIn(node.children);
    return node.kind === "mention" ? [node.name] : [];
  });
}
