/** @import { Page } from "playwright-core" */

/**
 * @param {Page} page
 * @param {string} text
 */
export function said(page, text) {
  return page.getByRole("log").locator(".content").getByText(text);
}

/**
 * @param {Page} page
 * @param {string} text
 */
export function row(page, text) {
  return page
    .locator(".message")
    .filter({ has: page.locator(".content").getByText(text) })
    .last();
}

/**
 * @param {Page} page
 * @param {string} text
 */
export async function open(page, text) {
  await row(page, text).hover();
  await row(page, text).locator(".actions").click();
  await page.locator("#menu").waitFor();
}

/**
 * @param {Page} page
 * @param {string} text
 * @param {string} choice
 */
export async function choose(page, text, choice) {
  await open(page, text);
  await page.getByRole("menuitem", { name: choice, exact: true }).click();
}

/**
 * What all messages say, from the first one that is loaded or is loaded on the way to the last: only
 * those around what is in view are in the document at a time.
 * @param {Page} page
 * @param {boolean} [fromTop] or from what is in view on
 */
export function readThrough(page, fromTop = true) {
  return page.locator("#scroller").evaluate(async (box, fromTop) => {
    const frame = () => new Promise((done) => requestAnimationFrame(done));
    /** @type {Map<string, string>} */
    const read = new Map();
    let most = 0;
    if (fromTop) box.scrollTop = 0;
    for (let still = 0; still < 5;) {
      for (let frames = 0; frames < 2; frames++) await frame();
      const rows = [...box.querySelectorAll(".message[data-id]")];
      most = Math.max(most, rows.length);
      for (const row of rows) {
        const text = row.querySelector(".content")?.textContent ?? "";
        read.set(/** @type {HTMLElement} */ (row).dataset["id"] ?? "", text);
      }
      const before = box.scrollTop;
      box.scrollTop += box.clientHeight * 0.8;
      still = box.scrollTop === before ? still + 1 : 0;
    }
    return { contents: [...read.values()], most };
  }, fromTop);
}
