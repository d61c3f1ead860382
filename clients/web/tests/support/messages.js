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
