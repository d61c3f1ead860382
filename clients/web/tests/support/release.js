import { createHash } from "node:crypto";
import { readFile, readdir } from "node:fs/promises";
import { join, relative } from "node:path";

/**
 * The list of a web app's files that its servers make: a version, and the SHA-256 of each file.
 * @param {string} folder
 */
export async function releaseOf(folder) {
  const { files: parts } = JSON.parse(await readFile(join(folder, "served.json"), "utf8"));
  const paths = (
    await Promise.all(parts.map((/** @type {string} */ it) => filesOf(folder, it)))
  ).flat();
  const digests = await Promise.all(
    paths.map(async (it) => digest(await readFile(join(folder, it)))),
  );
  const files = Object.fromEntries(paths.map((path, index) => [path, digests[index]]));
  return Buffer.from(JSON.stringify({ version: digest(JSON.stringify(files)), files }));
}

/**
 * @param {string} folder
 * @param {string} part
 */
async function filesOf(folder, part) {
  const entries = await readdir(join(folder, part), { recursive: true, withFileTypes: true }).catch(
    () => null,
  );
  if (!entries) return [part];
  const files = entries.filter((each) => each.isFile());
  return files.map((each) => relative(folder, join(each.parentPath, each.name))).sort();
}

/** @param {string | Buffer} content */
function digest(content) {
  return createHash("sha256").update(content).digest("hex");
}
