import { LinkifyIt } from "linkify-it";

/** @typedef {{ start: number, end: number, href: string }} Link */

/** Most lines have none of these, and are not searched. */
const HINT = /:\/\/|@|www\.|mailto:/i;
/** Characters that are not seen, or that turn the text around them: with them a link shows another address. */
const DECEPTIVE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;
/** What is shown before the `@` of an address is not where it leads. */
const HAS_USER = /^(?::\S*)?@/;
const FAR = 100;
const PROTOCOLS = new Set(["http:", "https:", "mailto:"]);

const WWW = "www.";

const linkify = new LinkifyIt();
for (const scheme of ["ftp:", "//"]) linkify.add(scheme, null);
const { re } = linkify;
const afterWww = new RegExp(re.get_url_host_port().source + re.get_path().source, "iy");
linkify.add(WWW, {
  validate(text, position) {
    if (text[position - WWW.length - 1] === ".") return 0;
    afterWww.lastIndex = position;
    return afterWww.exec(text)?.[0].length ?? 0;
  },
});

/**
 * The addresses in a text: with `http:`, `https:` or `mailto:`, those that begin with `www.`, and
 * email addresses. Those that could show something else than where they lead are no links.
 * @param {string} text
 * @returns {Link[]} in order, apart from each other
 */
export function linksIn(text) {
  if (!HINT.test(text)) return [];
  const matches = linkify.match(text) ?? [];
  return matches.flatMap(({ index, lastIndex, raw, schema }) => {
    if (HAS_USER.test(text.slice(lastIndex, lastIndex + FAR))) return [];
    // Marks at the end belong to the text around it.
    const shown = raw.replace(/[*_]+$/, "");
    const href = hrefOf(shown, schema ?? "");
    return href === null ? [] : [{ start: index, end: index + shown.length, href }];
  });
}

/**
 * @param {string} shown
 * @param {string} scheme
 */
function hrefOf(shown, scheme) {
  const address = withScheme(shown, scheme);
  if (DECEPTIVE.test(shown) || !URL.canParse(address)) return null;
  const { protocol, hostname, username, password, href } = new URL(address);
  if (scheme === WWW && hostname.split(".").length < 3) return null;
  return PROTOCOLS.has(protocol) && !username && !password ? href : null;
}

/**
 * @param {string} shown
 * @param {string} scheme
 */
function withScheme(shown, scheme) {
  if (scheme === WWW) return `https://${shown}`;
  return scheme === "mailto:" ? `mailto:${shown.replace(/^mailto:/i, "")}` : shown;
}
