/**
 * The fields that hold names and not fields: those of conversations, of a form, and of what a
 * browser made.
 */
const OPAQUE = new Set(["positions", "behind", "fields", "subscription"]);

/**
 * What a frame carries, with its fields named as this package names them: `user_id` is `userId`.
 * Only names of fields change, and no value does.
 * @param {any} data
 * @returns {any}
 */
export function fromWire(data) {
  return renamed(data, camelCase);
}

/**
 * The other way.
 * @param {any} data
 * @returns {any}
 */
export function toWire(data) {
  return renamed(data, snakeCase);
}

/**
 * @param {any} value
 * @param {(name: string) => string} rename
 * @returns {any}
 */
function renamed(value, rename) {
  if (Array.isArray(value)) return value.map((it) => renamed(it, rename));
  if (typeof value !== "object" || value === null) return value;
  const fields = Object.entries(value).map(([name, it]) => [
    rename(name),
    OPAQUE.has(name) ? it : renamed(it, rename),
  ]);
  return Object.fromEntries(fields);
}

/** @param {string} name */
function camelCase(name) {
  return name.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase());
}

/** @param {string} name */
function snakeCase(name) {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
