import assert from "node:assert/strict";
import { test } from "node:test";

import fc from "fast-check";

import { parse } from "../../page/text/blocks.js";
import { isEmojiOnly } from "../../page/text/emoji-only.js";
import { linksIn } from "../../page/text/links.js";
import { mentionsIn } from "../../page/text/mentioned.js";
import { plainText, textOfBlocks } from "../../page/text/plain.js";
import { beginningOfLong } from "../../page/text/shorten.js";

/** @import { Block } from "../../page/text/blocks.js" */
/** @import { Inline } from "../../page/text/inline.js" */

const NAMES = ["alice", "bob", "carol_"];
const isName = (/** @type {string} */ name) => NAMES.includes(name);
const PEOPLE = NAMES.map((username) => ({ userId: `u-${username}`, username }));

/**
 * A tree as one line: `strong(…)`, `em(…)`, `code(…)`, `link(…)`, `@(…)`, `quote(…)`, `pre(…)`.
 * @param {(Block | Inline)[]} nodes
 * @returns {string}
 */
function written(nodes) {
  return nodes.map(writtenNode).join("");
}

/**
 * @param {Block | Inline} node
 * @returns {string}
 */
function writtenNode(node) {
  switch (node.kind) {
    case "text":
      return node.text;
    case "paragraph":
      return `${written(node.children)}\n`;
    case "strong":
      return `strong(${written(node.children)})`;
    case "emphasis":
      return `em(${written(node.children)})`;
    case "quote":
      return `quote(${written(node.children).trim()})\n`;
    case "code":
      return "language" in node ? `pre${node.language}(${node.text})\n` : `code(${node.text})`;
    case "link":
      return `link(${node.text})`;
    case "mention":
      return `@(${node.name})`;
  }
}

/** @param {Record<string, string>} examples what a message becomes, by message */
function assertWritten(examples) {
  const found = Object.keys(examples).map((text) => [text, written(parse(text, isName)).trim()]);
  assert.deepEqual(Object.fromEntries(found), examples);
}

/**
 * @param {(Block | Inline)[]} nodes
 * @returns {string[]}
 */
function hrefs(nodes) {
  return nodes.flatMap((node) => {
    if ("children" in node) return hrefs(node.children);
    return node.kind === "link" ? [node.href] : [];
  });
}

/**
 * @param {(Block | Inline)[]} nodes
 * @returns {number}
 */
function depthOf(nodes) {
  return Math.max(0, ...nodes.map((it) => 1 + ("children" in it ? depthOf(it.children) : 0)));
}

const MARKS = ["*", "**", "***", "_", "`", "```", ">", "> ", "\n", " ", "@", "[", "("];
const WORDS = ["a", "ß", "日本", "مرحبا", "👨‍👩‍👧", "1", "@alice", "https://a.example/b_c", "e\u0301"];
const hostile = fc
  .array(fc.oneof(fc.constantFrom(...MARKS, ...WORDS), fc.string({ unit: "binary" })), {
    maxLength: 60,
  })
  .map((parts) => parts.join(""));

test("bold, italics and code are what stands between two equal marks around words", () => {
  assertWritten({
    "a **b** c": "a strong(b) c",
    "*one* and _two_": "em(one) and em(two)",
    "***both*** and **_both_**": "strong(em(both)) and strong(em(both))",
    "**a *b* c** and *a **b** c*": "strong(a em(b) c) and em(a strong(b) c)",
    "***a* b** and ***a** b*": "strong(em(a) b) and em(strong(a) b)",
    '(*a*), "**b**"!': '(em(a)), "strong(b)"!',
    "`a *b*` and ``c`d``": "code(a *b*) and code(c`d)",
    "*see `x*y`*": "em(see code(x*y))",
    "これは**重要**です": "これはstrong(重要)です",
    "**@alice** *https://a.example/x*": "strong(@(alice)) em(link(https://a.example/x))",
  });
});

test("a mark that means nothing stays as it was typed", () => {
  const asTyped = [
    ...["snake_case_name", "2*3*4", "2 * 3 * 4", "2**8", "__init__", "a_b", "_", "**", "****a****"],
    ...["*open", "close*", "**a*", "*a\nb*", "`open", "* list", "- list\n- list", "\\*a\\*"],
    ...["*_*", ">_<", "^_^", "-_-", "T_T", "¯\\_(ツ)_/¯", ">", "> ", "```", "```\n```", "<b>a</b>"],
    ...["[a](b)", "&amp;", "path/to_the/file_name", "the *.js and *.ts files"],
  ];

  assert.deepEqual(asTyped.map(plainText), asTyped);
});

test("of two marks that open, the nearer one counts", () => {
  assertWritten({
    "*a *b* c": "*a em(b) c",
    "**a *b** c*": "strong(a *b) c*",
    "*a **b *c** d*": "*a strong(b *c) d*",
  });
});

test("lines that begin with > are a quote, also in a quote", () => {
  assertWritten({
    "> one\n> *two*\nthree": "quote(one\nem(two))\nthree",
    "> one\n> > two": "quote(one\nquote(two))",
    "> > > > deep": "quote(quote(quote(> deep)))",
    ">not": ">not",
    "> ```\n> a\n> ```": "quote(pre(a))",
  });
});

test("code between two fences is kept as it is, with the language apart", () => {
  assertWritten({
    "```js\nconst a = *b*;\n```": "prejs(const a = *b*;)",
    "see\n\n```\n  a\n\n  > b\n```\n\nthere": "see\npre(  a\n\n  > b)\nthere",
    "```a\n```": "pre(a)",
    "```let a;\nlet b;```": "pre(let a;\nlet b;)",
    "```\nnever closed": "```\nnever closed",
    "```one``` and ```two```": "code(one) and code(two)",
  });
});

test("links are addresses of the web and of mail, without the signs that follow them", () => {
  const examples = {
    "see https://a.example/b?c=d#e.": ["https://a.example/b?c=d#e"],
    "(http://a.example/b_(c)), www.b.example!": [
      "http://a.example/b_(c)",
      "https://www.b.example/",
    ],
    "**https://a.example/b**": ["https://a.example/b"],
    "見て https://例え.jp/日本。": ["https://xn--r8jz45g.jp/%E6%97%A5%E6%9C%AC"],
    "write to a.b@c.example, mailto:d@e.example": ["mailto:a.b@c.example", "mailto:d@e.example"],
    "HTTPS://A.EXAMPLE/": ["https://a.example/"],
    "`https://a.example` README.md a.js 1.2.3": [],
  };

  const found = Object.keys(examples).map((text) => [text, hrefs(parse(text, isName))]);

  assert.deepEqual(Object.fromEntries(found), examples);
});

test("nothing else becomes a link, and no link that shows another address than its own", () => {
  const hostile = [
    ...["javascript:alert(1)", "JaVaScRiPt://a.example/%0aalert(1)", "java\tscript:alert(1)"],
    ...[
      "data:text/html,<script>alert(1)</script>",
      "vbscript:x",
      "file:///etc/passwd",
      "ftp://a.b/",
    ],
    ...["blob:https://a.example/x", "//a.example/x", "tel:+123", "view-source:https://a b"],
    ...["https://bank.example@evil.example/", "https://user:password@evil.example/"],
    ...["https://a.example/\u202Egpj.exe", "https://\u200Ba.example", "https://a\u2066b.example/"],
    ...["https://a.example\u00AD.evil.example/", "https://", "https:// a", "http://%zz/"],
  ];

  const found = hostile.flatMap((text) => hrefs(parse(text)));

  const isDeceptive = (/** @type {string} */ href) => /bank|user|evil|gpj|%E2%80|xn--/.test(href);
  assert.deepEqual(found.filter(isDeceptive), []);
  assert.deepEqual(
    found.filter((href) => !/^(https?:\/\/|mailto:)/.test(href)),
    [],
  );
  assert.deepEqual(linksIn("javascript:alert(1) data:text/html,x ftp://a.example"), []);
});

test("a mention is found inside of everything but code, and a sign after it is not its name", () => {
  assertWritten({
    "**@alice**, (@bob) _@alice_ @carol_": "strong(@(alice)), (@(bob)) em(@(alice)) @(carol_)",
    "> @bob": "quote(@(bob))",
    "`@bob` a@bob.example @nobody": "code(@bob) alink(@bob.example) @nobody".replace(
      "alink(@bob.example)",
      "link(a@bob.example)",
    ),
    "https://a.example/@alice": "link(https://a.example/@alice)",
  });
});

test("who is named in code is not notified", () => {
  assert.deepEqual(mentionsIn("@alice and `@bob`", PEOPLE, false), ["u-alice"]);
  assert.deepEqual(mentionsIn("```\n@everybody\n```\n(@bob)", PEOPLE, true), ["u-bob"]);
  assert.deepEqual(mentionsIn("*@everybody*", PEOPLE, true), ["*"]);
  assert.deepEqual(mentionsIn("@everybody", PEOPLE, false), []);
});

test("nothing of a message is lost but its marks and the space around them", () => {
  fc.assert(
    fc.property(hostile, (text) => {
      const shown = textOfBlocks(parse(text, isName));
      let at = 0;
      for (const character of text) {
        if (shown.startsWith(character, at)) at += character.length;
        else assert.match(character, /[*_`>\s]/, JSON.stringify([text, shown]));
      }
      assert.equal(shown.slice(at).trim(), "", JSON.stringify([text, shown]));
    }),
    { numRuns: 2_000 },
  );
});

test("what has no mark and no address in it is shown as it is", () => {
  const plain = fc.string({ unit: "grapheme" }).filter((text) => !/[*_`>@]|:\/\/|www/i.test(text));
  fc.assert(
    fc.property(plain, (text) => {
      assert.equal(plainText(text).trim(), text.trim());
    }),
  );
});

test("what is written with marks around it is read as that", () => {
  const word = fc.stringMatching(/^[a-z]{1,8}( [a-z]{1,8})?$/);
  const inline = fc.oneof(
    word.map((it) => [it, it]),
    word.map((it) => [`**${it}**`, `strong(${it})`]),
    word.map((it) => [`*${it}*`, `em(${it})`]),
    word.map((it) => [`_${it}_`, `em(${it})`]),
    word.map((it) => [`\`${it}\``, `code(${it})`]),
    word.map((it) => [`***${it}***`, `strong(em(${it}))`]),
    word.map((it) => [`**a _${it}_**`, `strong(a em(${it}))`]),
  );
  const line = fc.array(inline, { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(line, (parts) => {
      const typed = parts.map(([it]) => it).join(" ");
      assert.equal(written(parse(typed)).trim(), parts.map(([, it]) => it).join(" "));
    }),
  );
});

test("nothing nests deeper than a quote in a quote in a quote, with emphasis in it", () => {
  const depths = ["> ", "*a ", "**a *b _c ", "> *a **b "].map((part) =>
    depthOf(parse(part.repeat(5_000) + "c*".repeat(5_000) + "c**".repeat(5_000))),
  );

  assert.ok(Math.max(...depths) <= 8, String(depths));
});

test("a message of 32 KB is read in less than 20 ms, whatever it consists of", () => {
  const parts = [
    ...["*[_", "*", "**", "***", "_", "*a ", "a*", "*a", "*a*", "**a *b _c ", "*-", "*- -* "],
    ...["`", "` ", "`` ` ", "```\n", "```a\n", "a```\n", ">\n", "> \n", "> > ", "> a\n", ">", "\n"],
    ...["@", "@a", "@alice ", "a@", "@a.", "a.", "www.", "www.a", "http://", "http://a.b ", "://"],
    ...[
      "https://a.example/(",
      "mailto:",
      "a@b.example ",
      "(",
      "[",
      "((a",
      "-",
      "日*",
      "👍",
      "\u0301",
    ],
    ...["a.example/", "1.1.1.1", "http://[", "~", "@)", "@_", "xn--", "a-.", "\u200D", "*\u200B"],
  ];
  parse(parts.join(" ").repeat(20), isName);

  const slow = parts.filter((part) => {
    const text = part.repeat(Math.ceil(32_768 / part.length));
    return leastMilliseconds(() => beginningOfLong(text, parse(text, isName))) >= 20;
  });

  assert.deepEqual(slow, []);
});

/**
 * The least time of the processor that something takes: what else runs on the machine does not count.
 * @param {() => void} act
 */
function leastMilliseconds(act) {
  const times = Array.from({ length: 8 }, () => {
    const before = process.cpuUsage();
    act();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  });
  return Math.min(...times);
}

test("a message of a few emoji is shown large, one with anything else is not", () => {
  const large = ["👍", "👨‍👩‍👧‍👦", "🇩🇪 🇯🇵", "1️⃣", "❤️", "👍🏽👍🏿", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "😀😀😀😀😀", "🫨"];
  const usual = [
    "😀😀😀😀😀😀",
    "ok 👍",
    "1",
    "12",
    "#",
    "©",
    "®",
    "",
    "👍.",
    "🇩",
    "😀\u0335\u0336",
    ":)",
  ];

  assert.deepEqual(
    large.filter((text) => !isEmojiOnly(text)),
    [],
  );
  assert.deepEqual(usual.filter(isEmojiOnly), []);
});

test("a long message begins with some of its lines, and is never cut in a character", () => {
  const lines = Array.from({ length: 100 }, (_, index) => `line ${index}`).join("\n");
  const long = "👨‍👩‍👧".repeat(2_000);
  const short = "a\n".repeat(20);

  const [ofLines, ofLong, ofShort] = [lines, long, short].map((text) => {
    const beginning = beginningOfLong(text, parse(text));
    return beginning && textOfBlocks(beginning);
  });

  assert.equal(ofLines?.split("\n").length, 16);
  assert.match(ofLong ?? "", /^(👨‍👩‍👧)+ …$/u);
  assert.equal(ofShort, null);
});

test("the beginning of a long message is a beginning of what it says", () => {
  fc.assert(
    fc.property(fc.array(hostile, { minLength: 30, maxLength: 60 }), (parts) => {
      const text = parts.join("\n");
      const blocks = parse(text, isName);
      const beginning = beginningOfLong(text, blocks);
      if (!beginning) return;
      const flat = (/** @type {Block[]} */ it) => textOfBlocks(it).replace(/[\s…]+/g, "");
      const [whole, shown] = [flat(blocks), flat(beginning)];
      assert.ok(whole.startsWith(shown));
      assert.ok(textOfBlocks(beginning).split("\n").length <= 16);
    }),
  );
});
