// Makes the web app that servers serve, in `dist/`: few files, minified, named after their content.
//
//   node bundle.js           once
//   node bundle.js --watch   again after each change, readable and with source maps

import { createHash } from "node:crypto";
import { watch } from "node:fs";
import { cp, mkdir, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import { basename, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

import { build } from "esbuild";

const HERE = fileURLToPath(new URL("./", import.meta.url));
/** Where the bundle lies unless a test wants it elsewhere. */
export const DIST = join(HERE, "dist");

/** What `index.html` refers to, by the name of its source. */
const ENTRIES = ["page/theme.js", "page/main.js", "page/styles/app.css"];
/** What runs before the first paint is no module, and imports nothing. */
const FIRST = "page/theme.js";
/** What is served under its own name, since a browser or a manifest names it. */
const COPIED = ["manifest.webmanifest", "served.json", "page/icon.svg", "page/icon-unread.svg"];
const ICONS = "page/icons";
/** A server that sends compressed copies has nothing to compress. */
const COMPRESSED = /\.(html|js|css|svg|json|webmanifest)$/;
/** What a browser without a network does not need. */
const NOT_STORED = /\.(map|gz)$|^served\.json$/;

/**
 * Writes the web app. Its former files are replaced at once, when all new ones are there.
 * @param {{ source?: string, into?: string, isReadable?: boolean }} [options]
 */
export async function bundle({ source = HERE, into = DIST, isReadable = false } = {}) {
  const fresh = `${into}.new`;
  await rm(fresh, { recursive: true, force: true });
  await mkdir(join(fresh, "page"), { recursive: true });
  const names = await bundled(source, fresh, isReadable);
  for (const path of COPIED) await cp(join(source, path), join(fresh, path));
  await cp(join(source, ICONS), join(fresh, ICONS), { recursive: true });
  await writeFile(join(fresh, "index.html"), await pageOf(source, names));
  await writeFile(join(fresh, "release.json"), await releaseOf(fresh));
  await compress(fresh);
  await rm(into, { recursive: true, force: true });
  await rename(fresh, into);
}

/**
 * @param {string} source
 * @param {string} into
 * @param {boolean} isReadable
 * @returns {Promise<Map<string, string>>} the name of each entry's file
 */
async function bundled(source, into, isReadable) {
  /** @type {import("esbuild").BuildOptions} */
  const how = {
    bundle: true,
    minify: !isReadable,
    sourcemap: isReadable && "linked",
    target: "es2022",
    charset: "utf8",
    outdir: into,
    absWorkingDir: source,
    nodePaths: [join(HERE, "node_modules")],
    logLevel: "warning",
  };
  const hashed = { entryNames: "assets/[name]-[hash]", chunkNames: "assets/[name]-[hash]" };
  const [modules, classic] = await Promise.all([
    build({
      ...how,
      ...hashed,
      entryPoints: ENTRIES.filter((entry) => entry !== FIRST),
      format: "esm",
      splitting: true,
      metafile: true,
    }),
    build({ ...how, ...hashed, entryPoints: [FIRST], format: "iife", metafile: true }),
    // Browsers look for a new worker under the old one's name.
    build({ ...how, entryPoints: ["worker.js"], format: "esm" }),
  ]);
  const outputs = { ...modules.metafile?.outputs, ...classic.metafile?.outputs };
  const made = Object.entries(outputs).filter(([, { entryPoint }]) => entryPoint);
  return new Map(
    made.map(([path, { entryPoint = "" }]) => [entryPoint, relative(into, join(source, path))]),
  );
}

/**
 * The page, which names the files of this bundle.
 * @param {string} source
 * @param {Map<string, string>} names
 */
async function pageOf(source, names) {
  let page = await readFile(join(source, "index.html"), "utf8");
  for (const entry of ENTRIES) {
    const name = names.get(entry);
    if (!name || !page.includes(`"${entry}"`)) throw new Error(`index.html does not name ${entry}`);
    page = page.replace(`"${entry}"`, `"${name}"`);
  }
  return page;
}

/**
 * The list that a service worker loads the web app by: a version, and the SHA-256 of each file.
 * @param {string} folder
 */
async function releaseOf(folder) {
  const paths = (await filesOf(folder)).filter((path) => !NOT_STORED.test(path));
  const digests = await Promise.all(
    paths.map(async (path) => [path, digest(await readFile(join(folder, path)))]),
  );
  const files = Object.fromEntries(digests);
  return JSON.stringify({ version: digest(JSON.stringify(files)), files });
}

/** @param {string} folder */
async function compress(folder) {
  for (const path of (await filesOf(folder)).filter((it) => COMPRESSED.test(it))) {
    const content = await readFile(join(folder, path));
    await writeFile(join(folder, `${path}.gz`), gzipSync(content, { level: 9 }));
  }
}

/**
 * @param {string} folder
 * @returns {Promise<string[]>} paths, in the order of their names
 */
async function filesOf(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((each) => each.isFile() && !each.name.startsWith("."));
  return files
    .map((each) => relative(folder, join(each.parentPath, each.name)).replaceAll("\\", "/"))
    .filter((path) => path !== "release.json")
    .sort();
}

/** @param {string | Buffer} content */
function digest(content) {
  return createHash("sha256").update(content).digest("hex");
}

async function bundleReadably() {
  try {
    await bundle({ isReadable: true });
    console.log(new Date().toLocaleTimeString(), "bundled");
  } catch (error) {
    console.error(error);
  }
}

async function bundleAfterEachChange() {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let waiting;
  await bundleReadably();
  watch(HERE, { recursive: true }, (_, path) => {
    if (!path || /^(dist|node_modules|tests)/.test(path)) return;
    // An editor that saves several files makes one bundle of them.
    clearTimeout(waiting);
    waiting = setTimeout(bundleReadably, 50);
  });
}

if (process.argv[1] && basename(process.argv[1]) === "bundle.js") {
  await (process.argv.includes("--watch") ? bundleAfterEachChange() : bundle());
}
