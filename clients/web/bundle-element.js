// Makes `<parley-chat>` as the package has it: one module, with all that it needs, in `built/`.

import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

import { build } from "esbuild";

import { wordsOfElement } from "./element/keys.js";

const HERE = fileURLToPath(new URL("./", import.meta.url));
const BUILT = join(HERE, "built");
const WORDS = /[\\/]page[\\/]words[\\/](en|de|ar)\.js$/;

/**
 * @param {string} [into]
 * @returns {Promise<string>} the module's path
 */
export async function bundleElement(into = BUILT) {
  const outfile = join(into, "parley-chat.js");
  await build({
    entryPoints: [join(HERE, "element/parley-chat.js")],
    outfile,
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    charset: "utf8",
    plugins: [fewWords, minifiedCss],
    logLevel: "warning",
  });
  // The package has the client's types elsewhere.
  const types = await readFile(join(HERE, "element/parley-chat.d.ts"), "utf8");
  await writeFile(join(into, "parley-chat.d.ts"), types.replace("../src/", "../types/"));
  return outfile;
}

/**
 * Of the web app's words, those that the element shows.
 * @type {import("esbuild").Plugin}
 */
const fewWords = {
  name: "few-words",
  setup({ onLoad }) {
    onLoad({ filter: WORDS }, async ({ path }) => {
      const { default: words } = await import(pathToFileURL(path).href);
      return { contents: `export default ${JSON.stringify(wordsOfElement(words))}` };
    });
  },
};

/**
 * Style sheets as minified text.
 * @type {import("esbuild").Plugin}
 */
const minifiedCss = {
  name: "minified-css",
  setup({ onLoad }) {
    onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const { outputFiles } = await build({ entryPoints: [path], minify: true, write: false });
      return { contents: outputFiles[0]?.text ?? "", loader: "text" };
    });
  },
};

if (process.argv[1] === fileURLToPath(import.meta.url)) await bundleElement();
