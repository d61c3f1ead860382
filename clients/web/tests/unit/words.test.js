import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import AR from "../../page/words/ar.js";
import DE from "../../page/words/de.js";
import EN from "../../page/words/en.js";
import { LANGUAGES, localeFor } from "../../page/words/languages.js";
import { Translator } from "../../page/words/translator.js";

/** @import { Message, Words } from "../../page/words/translator.js" */

const WEB = fileURLToPath(new URL("../../", import.meta.url));
/** @type {Record<string, Words>} */
const ALL = { en: EN, de: DE, ar: AR };
/** English keeps the service's own words about a problem; other languages may do without. */
const SERVICE_WORDS = "message";

/**
 * The text of these files, but not of the words themselves.
 * @param {string[]} paths
 */
async function sourcesOf(...paths) {
  const texts = paths.map(async (path) => {
    if (path.includes(".")) return readFile(WEB + path, "utf8");
    const names = (await readdir(WEB + path, { recursive: true })).filter((it) =>
      it.endsWith(".js"),
    );
    const isOther = (/** @type {string} */ name) => !/^words\/(en|de|ar)\.js$/.test(name);
    const files = names.filter(isOther).map((name) => readFile(`${WEB}${path}/${name}`, "utf8"));
    return (await Promise.all(files)).join("\n");
  });
  return (await Promise.all(texts)).join("\n");
}

/** @param {Message} message */
function wordingsOf(message) {
  return typeof message === "string" ? [message] : Object.values(message);
}

/** @param {Message} message */
function placeholdersOf(message) {
  const all = wordingsOf(message).flatMap((text) => [...text.matchAll(/\{(\w+)\}/g)]);
  return [...new Set(all.map(([, name]) => name))]
    .filter((name) => name !== SERVICE_WORDS && name !== "count")
    .sort();
}

/** @param {Words} words */
function shapeOf(words) {
  return Object.entries(words).map(([key, message]) => [
    key,
    typeof message,
    ...placeholdersOf(message),
  ]);
}

test("every language has a file of words", () => {
  assert.deepEqual(Object.keys(ALL), Object.keys(LANGUAGES));
});

for (const [language, words] of Object.entries(ALL)) {
  test(`all messages are there, with the same placeholders: ${language}`, () => {
    assert.deepEqual(shapeOf(words), shapeOf(EN));
  });

  test(`a message that counts has every plural form of the language: ${language}`, () => {
    const { pluralCategories } = new Intl.PluralRules(language).resolvedOptions();
    const counting = Object.entries(words).filter(([, message]) => typeof message !== "string");

    for (const [key, message] of counting) {
      assert.deepEqual(Object.keys(message).sort(), [...pluralCategories].sort(), key);
    }
  });

  test(`no message is empty or has a stray space: ${language}`, () => {
    for (const [key, message] of Object.entries(words)) {
      if (key === "common.comma") continue;
      for (const text of wordingsOf(message)) assert.match(text, /^\S(.*\S)?$/, key);
    }
  });
}

test("every key that the web app names is there, and every message is used", async () => {
  const sources = await sourcesOf("page", "worker", "element", "index.html");
  const named = new Set([...sources.matchAll(/["'](\w+(?:\.\w+)+)["']/g)].map(([, key]) => key));
  const made = [...sources.matchAll(/`(\w+\.)\$\{\w+\}((?:\.\w+)?)`/g)].map(
    ([, begin, end]) => new RegExp(`^${begin}\\w+${end}$`),
  );
  const inPage = [...sources.matchAll(/ data-words(?:-\w+)?="([^"]*)"/g)].map(([, key]) => key);

  const isUsed = (/** @type {string} */ key) =>
    named.has(key) || inPage.includes(key) || made.some((pattern) => pattern.test(key));
  const unused = Object.keys(EN).filter((key) => !isUsed(key));
  const missing = inPage.filter((key) => !Object.hasOwn(EN, key ?? ""));

  assert.deepEqual({ unused, missing }, { unused: [], missing: [] });
});

test("an element of the page that stands in a message has a place in it", async () => {
  const page = await sourcesOf("index.html");
  const around = page.matchAll(
    /data-words="([^"]*)"[^>]*>((?:\s*<(\w+) data-slot="\w+".*?<\/\3>)+)/gs,
  );

  const places = [...around].map(([, key = "", slots = ""]) => [
    placeholdersOf(/** @type {Words} */ (EN)[/** @type {keyof Words} */ (key)]),
    [...slots.matchAll(/data-slot="(\w+)"/g)].map(([, slot]) => slot).sort(),
  ]);

  assert.ok(places.length > 0);
  for (const [wanted, given] of places) assert.deepEqual(given, wanted);
});

test("a count chooses the plural form of the language", () => {
  const people = (/** @type {string} */ language, /** @type {number} */ count) =>
    new Translator(language, ALL[language] ?? EN).text("room.people", { count });

  assert.deepEqual(
    [1, 2].map((count) => people("en", count)),
    ["1 person", "2 people"],
  );
  assert.deepEqual(
    [1, 2, 3, 11, 100].map((count) => people("ar", count)),
    ["شخص واحد", "شخصان", "3 أشخاص", "11 شخصًا", "100 شخص"],
  );
});

test("numbers and lists are written as the locale does", () => {
  const translator = new Translator("de-AT", DE);

  assert.equal(
    translator.text("composer.bytes", { bytes: 4000, limit: 4096 }),
    new Intl.NumberFormat("de-AT").format(4000) +
      " von " +
      new Intl.NumberFormat("de-AT").format(4096) +
      " Bytes",
  );
  assert.equal(translator.list(["alice", "bob", "carol"]), "alice, bob und carol");
});

test("a name in the other direction is isolated from the sentence around it", () => {
  const [english, arabic] = [new Translator("en", EN), new Translator("ar", AR)];

  assert.equal(
    english.text("room.typing", { names: ["שלום"], count: 1 }),
    "\u2068שלום\u2069 is typing",
  );
  assert.equal(english.text("room.typing", { names: ["bob"], count: 1 }), "bob is typing");
  assert.equal(arabic.text("system.left", { by: "bob" }), "غادر \u2068bob\u2069");
});

test("a name cannot turn the direction of the sentence around it", () => {
  const english = new Translator("en", EN);

  assert.equal(english.text("system.left", { by: "a\u202eb\u2069" }), "ab left");
});

test("what looks like a placeholder in a value stays as it is", () => {
  const english = new Translator("en", EN);

  assert.equal(english.text("common.by", { name: "{text}", text: "{name}" }), "{text}: {name}");
});

test("a message is given in pieces around what is no text", () => {
  const [enter, shift] = [{ key: "enter" }, { key: "shift" }];

  const pieces = new Translator("en", EN).parts("composer.hint", { enter, shift });

  assert.deepEqual(pieces, [enter, " sends, ", shift, " + ", enter, " begins a new line"]);
});

test("the language is the chosen one, or else the first of the browser's that there is", () => {
  assert.equal(localeFor(null, ["fr-FR", "de-CH", "en-US"]), "de-CH");
  assert.equal(localeFor(null, ["fr", "ja"]), "en");
  assert.equal(localeFor("ar", ["de-DE", "ar-EG"]), "ar-EG");
  assert.equal(localeFor("ar", ["de-DE"]), "ar");
});
