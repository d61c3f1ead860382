import { h } from "preact";

import { nameAttributes } from "./mentions.js";
import { named } from "./finding/name-view.js";
import { profiles } from "./finding/profiles.js";
import { presenceWords } from "./last-seen.js";
import { isMuted, memberItems, moderates } from "./moderation.js";
import { Lasting, hiddenView, iconView, personAvatar, withPresence } from "./views.js";
import { words } from "./words/index.js";

/** @import { Member } from "../src/index.js" */
/** @import { Menu } from "./menu.js" */

/** @typedef {Member & { lastSeenAt?: string }} Shown */

/**
 * What a row's controls do.
 * @typedef {{
 *   mute: (member: Member, until: Date) => void,
 *   ban: (member: Member) => void,
 *   remove: (member: Member) => void,
 *   setRole: (member: Member, role: Member["role"]) => Promise<void>,
 * }} Acts
 */

/** @typedef {{ mine: Member | undefined, isGroup: boolean, canChange: boolean }} Standing */

const ROLES = /** @type {const} */ (["member", "moderator", "owner"]);
const ROLE_WORDS = /** @type {const} */ ({
  member: "people.member",
  moderator: "people.moderator",
  owner: "people.owner",
});

/** The rows of the list of members. */
export class MemberRows {
  #menu;
  #acts;

  /**
   * @param {Menu} menu
   * @param {Acts} acts
   */
  constructor(menu, acts) {
    this.#menu = menu;
    this.#acts = acts;
  }

  /**
   * @param {Shown} member
   * @param {Standing} standing
   */
  of(member, standing) {
    const { mine, isGroup, canChange } = standing;
    const status = statusOf(member);
    return h(Lasting, {
      key: member.userId,
      of: JSON.stringify([member, status, mine?.userId, mine?.role, isGroup, canChange]),
      draw: () => this.#row(member, status, standing),
    });
  }

  /**
   * @param {Shown} member
   * @param {string} status
   * @param {Standing} standing
   */
  #row(member, status, { mine, isGroup, canChange }) {
    const { username, role } = member;
    const isMe = member.userId === mine?.userId;
    const canRemove = canChange && !isMe;
    const controls = [
      canRemove && this.#roleField(member),
      !canRemove && role !== "member" && h("span", { class: "tag" }, words(ROLE_WORDS[role])),
      isGroup && moderates(mine, member) && this.#menuButton(member),
      canRemove && this.#removeButton(member),
    ];
    return h(
      "li",
      { class: "member" },
      withPresence(personAvatar(username, member.userId), member.online),
      h(
        "span",
        { class: "member-lines" },
        isMe
          ? h(
              "span",
              { class: "member-name" },
              named(() => words("people.you", { name: profiles.nameOf(member) })),
            )
          : h(
              "button",
              nameButton(username),
              h(
                "bdi",
                null,
                named(() => profiles.nameOf(member)),
              ),
            ),
        named(() => usernameView(member)),
        h("span", { class: "member-status soft small" }, status),
      ),
      controls.some(Boolean) && h("span", { class: "member-controls" }, ...controls),
    );
  }

  /** @param {Member} member */
  #removeButton(member) {
    return h(
      "button",
      { class: "icon-button", type: "button", onclick: () => this.#acts.remove(member) },
      iconView("close"),
      hiddenView(words("people.remove", { name: member.username })),
    );
  }

  /** @param {Member} member */
  #menuButton(member) {
    const choices = {
      mute: (/** @type {Date} */ until) => this.#acts.mute(member, until),
      ban: () => this.#acts.ban(member),
    };
    const onclick = (/** @type {Event} */ { currentTarget }) =>
      this.#menu.open(
        /** @type {HTMLElement} */ (currentTarget),
        null,
        memberItems(member, choices),
      );
    return h(
      "button",
      { class: "icon-button", type: "button", "aria-haspopup": "menu", onclick },
      iconView("more"),
      hiddenView(words("people.moderate", { name: member.username })),
    );
  }

  /**
   * An owner says what the others may do. The field shows what is, until the service says that it is
   * something else.
   * @param {Member} member
   */
  #roleField(member) {
    const onchange = (/** @type {Event} */ { currentTarget }) => {
      const field = /** @type {HTMLSelectElement} */ (currentTarget);
      const chosen = ROLES.find((each) => each === field.value) ?? member.role;
      field.value = member.role;
      void this.#acts.setRole(member, chosen);
    };
    const label = words("people.role_of", { name: member.username });
    return h(
      "select",
      { class: "role small", "aria-label": label, onchange },
      ...ROLES.map((each) =>
        h("option", { value: each, selected: each === member.role }, words(ROLE_WORDS[each])),
      ),
    );
  }
}

/** @param {Shown} member */
function statusOf({ lastSeenAt, ...member }) {
  if (isMuted(member)) return words("people.muted");
  const seen = lastSeenAt && { lastSeenAt };
  return presenceWords({ isOnline: member.online, ...seen }, new Date());
}

/** @param {string} username */
function nameButton(username) {
  const name = { ...nameAttributes(username), tabindex: "0", "aria-haspopup": "menu" };
  return { ...name, class: "member-name", type: "button" };
}

/**
 * Anybody may take any name, but no other username.
 * @param {Member} member
 */
function usernameView({ userId, username }) {
  if (!profiles.displayNameOf(userId)) return null;
  return h("span", { class: "small soft", dir: "ltr" }, `@${username}`);
}
