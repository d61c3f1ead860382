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

/**
 * Every value of every frame, with the names that lead to it. `*` is any element of a list or a map.
 * @returns {{ type: string, path: string[] }[]}
 */
export function leaves() {
  return Object.values(schemas).flatMap((schema) => {
    const type = schema.properties?.["type"]?.["const"];
    if (typeof type !== "string") return [];
    return leavesOf(schema, []).map((path) => ({ type, path }));
  });
}

/**
 * @param {Schema} schema
 * @param {string[]} path
 * @returns {string[][]}
 */
function leavesOf(schema, path) {
  const parts = partsOf(schema);
  if (parts.length === 0) return [path];
  return parts.flatMap(([name, part]) => leavesOf(part, name === "" ? path : [...path, name]));
}

/**
 * The schemas in a schema: under a name, or instead of it.
 * @param {Schema} schema
 * @returns {[string, Schema][]}
 */
function partsOf({ properties = {}, additionalProperties, ...others }) {
  const { $ref, items, anyOf = [] } = /** @type {any} */ (others);
  const named = typeof $ref === "string" ? schemas[$ref.split("/").at(-1) ?? ""] : undefined;
  const elements = [items, additionalProperties].filter((it) => typeof it === "object");
  return [
    ...Object.entries(properties),
    ...elements.map((it) => /** @type {[string, Schema]} */ (["*", it])),
    ...[named, ...anyOf].filter(Boolean).map((it) => /** @type {[string, Schema]} */ (["", it])),
  ];
}
