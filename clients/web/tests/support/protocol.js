import { readFileSync } from "node:fs";

import { parse } from "yaml";

/**
 * A schema, as far as the tests read it.
 * @typedef {{
 *   properties?: Record<string, Schema>, additionalProperties?: unknown, [keyword: string]: unknown,
 * }} Schema
 */

const PAGE = new URL("../../../../docs/asyncapi.yaml", import.meta.url);

const { schemas } = /** @type {{ schemas: Record<string, Schema> }} */ (
  parse(readFileSync(PAGE, "utf8")).components
);

/**
 * Every field of every frame that the protocol has, as often as it is there.
 * @returns {{ name: string, schema: Schema }[]}
 */
export function fields() {
  return fieldsIn(schemas);
}

/** The codes of all errors, in the order of the alphabet. */
export function errorCodes() {
  const all = [schemas["ErrorCode"], schemas["AuthErrorCode"]];
  const codes = all.flatMap((schema) => /** @type {string[]} */ (schema?.["enum"]));
  return [...new Set(codes)].sort();
}

/**
 * @param {unknown} node
 * @returns {{ name: string, schema: Schema }[]}
 */
function fieldsIn(node) {
  if (typeof node !== "object" || node === null) return [];
  const { properties = {} } = /** @type {Schema} */ (node);
  const own = Object.entries(properties).map(([name, schema]) => ({ name, schema }));
  return [...own, ...Object.values(node).flatMap(fieldsIn)];
}
