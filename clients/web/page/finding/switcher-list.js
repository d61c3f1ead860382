import { h, render } from "preact";

import { nameOf } from "../entry.js";
import { conversationAvatar, personAvatar } from "../views.js";
import { words } from "../words/index.js";
import { profiles } from "./profiles.js";

/** @import { Choice } from "./choices.js" */

const GROUPS = /** @type {const} */ ({
  conversation: "switcher.conversations",
  person: "switcher.people",
});

/**
 * Draws the options of the switcher, in groups.
 * @param {HTMLElement} list
 * @param {Choice[]} choices
 * @param {number} active
 * @param {(choice: Choice) => void} onChoose
 */
export function drawChoices(list, choices, active, onChoose) {
  const options = choices.map((choice, index) => {
    const attributes = {
      key: `${choice.kind} ${choice.id}`,
      id: `switcher-${index}`,
      class: "switcher-option",
      role: "option",
      "aria-selected": String(index === active),
      onclick: () => onChoose(choice),
      // The field keeps the focus.
      onpointerdown: (/** @type {Event} */ event) => event.preventDefault(),
    };
    return { kind: choice.kind, view: h("div", attributes, ...contentOf(choice)) };
  });
  const groups = /** @type {const} */ (["conversation", "person"]).map((kind) => {
    const views = options.filter((option) => option.kind === kind).map(({ view }) => view);
    if (views.length === 0) return null;
    const title = words(GROUPS[kind]);
    return h(
      "div",
      { key: kind, role: "group", "aria-label": title },
      h("p", { class: "switcher-group small soft", "aria-hidden": "true" }, title),
      ...views,
    );
  });
  render(h("div", { role: "presentation" }, ...groups), list);
}

/** @param {Choice} choice */
function contentOf(choice) {
  if (choice.kind === "person") {
    const { userId, username } = choice.person;
    return [
      personAvatar(username, userId),
      h("span", { class: "switcher-name", dir: "auto" }, profiles.nameOf(choice.person)),
      h("span", { class: "small soft", dir: "ltr" }, `@${username}`),
    ];
  }
  const { entry } = choice;
  return [
    conversationAvatar(entry, nameOf(entry)),
    h("span", { class: "switcher-name", dir: "auto" }, nameOf(entry)),
    entry.unread > 0 &&
      h("span", { class: "small soft" }, words("sidebar.unread", { count: entry.unread })),
  ];
}
