import assert from "node:assert/strict";
import { test } from "node:test";

import AR from "../../page/words/ar.js";
import DE from "../../page/words/de.js";
import EN from "../../page/words/en.js";
import { LANGUAGES, localeFor } from "../../page/words/languages.js";
import { Translator } from "../../page/words/translator.js";

/** @import { Message, Words } from "../../page/words/translator.js" */

/** @type {Record<string, Words>} */
const ALL = { en: EN, de: DE, ar: AR };
/** English keeps the service's own words about a problem; other languages may do without. */
const SERVICE_WORDS = "message";

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
