import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { bundle } from "../../bundle.js";
import EN from "../../page/words/en.js";

/** @import { Page } from "playwright-core" */

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const [BEGIN, END] = ["⟦", "⟧"];

/**
 * The web app in a language of its own: English, in which each message has marks around it.
 * @param {import("node:test").TestContext} t
 * @returns {Promise<string>} its folder, until the test ends
 */
export async function markedBundle(t) {
  const folder = await mkdtemp(join(tmpdir(), "parley-words-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const source = join(folder, "source");
  const isSource = (/** @type {string} */ path) => !/\/(node_modules|dist|tests)$/.test(path);
  await cp(ROOT, source, { recursive: true, filter: isSource });
  const marked = JSON.stringify(EN, (_, it) => (typeof it === "string" ? BEGIN + it + END : it));
  await writeFile(join(source, "page/words/en.js"), `export default ${marked}`);
  await bundle({ source, into: join(folder, "dist") });
  return join(folder, "dist");
}

/**
 * What a page shows, says or offers outside of the marks, where it has letters.
 * @param {Page} page
 * @param {string} content what is no word of the web app, as selectors
 * @returns {Promise<string[]>}
 */
export function unmarkedWords(page, content) {
  return page.evaluate(
    ([begin, end, content]) => {
      const ATTRIBUTES = ["aria-label", "title", "placeholder", "alt"];
      let depth = 0;
      /** @param {string} text */
      const outside = (text) => {
        let rest = "";
        for (const letter of text) {
          if (letter === begin) depth++;
          else if (letter === end) depth--;
          else if (depth === 0) rest += letter;
        }
        return rest;
      };
      /** @type {string[]} */
      const found = [];
      const note = (/** @type {string} */ text, /** @type {string} */ where) => {
        const rest = outside(text).trim();
        if (/\p{Script=Latin}/u.test(rest)) found.push(`${where}: ${rest}`);
      };
      // A message may go over several elements.
      for (const node of document.querySelectorAll("body, body *")) {
        const isShown = node.checkVisibility({ visibilityProperty: true });
        if (!isShown && !(node instanceof HTMLOptionElement)) continue;
        if (node.closest(`svg, script, noscript, ${content}`)) continue;
        for (const name of ATTRIBUTES) {
          depth = 0;
          note(node.getAttribute(name) ?? "", `${node.tagName} ${name}`);
        }
      }
      depth = 0;
      const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const parent = node.parentElement;
        const isShown = parent?.checkVisibility({ visibilityProperty: true });
        if (!isShown && !parent?.closest("select")?.checkVisibility()) continue;
        if (parent?.closest(`svg, script, noscript, style, ${content}`)) continue;
        note(node.nodeValue ?? "", parent?.tagName ?? "");
      }
      return found;
    },
    [BEGIN, END, content],
  );
}
