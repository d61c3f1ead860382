import { personAvatar, withPresence } from "./avatar.js";
import { element, hiddenText, icon, say } from "./dom.js";
import { nameAttributes } from "./finding/name-menu.js";
import { presenceWords } from "./last-seen.js";
import { isMuted, memberItems, moderates } from "./moderation.js";

/** @import { Member } from "../src/index.js" */
/** @import { Menu } from "./menu.js" */

/** @typedef {Member & { last_seen_at?: string }} Shown */

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

/** The rows of the list of members. A row stays while only its presence changes, with its focus. */
export class MemberRows {
  /** @type {Map<string, { look: string, row: HTMLElement }>} by user */
  #rows = new Map();
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

  /** Those of another conversation. */
  clear() {
    this.#rows.clear();
  }

  /**
   * @param {Shown} member
   * @param {Standing} standing
   */
  of(member, standing) {
    const { online: _, last_seen_at: __, ...lasting } = member;
    const isMe = member.user_id === standing.mine?.user_id;
    const look = JSON.stringify([lasting, isMe, standing.mine?.role, standing.canChange]);
    const known = this.#rows.get(member.user_id);
    const row = known?.look === look ? known.row : this.#row(member, isMe, standing);
    this.#rows.set(member.user_id, { look, row });
    row.querySelector(".presence")?.classList.toggle("online", member.online);
    say(/** @type {HTMLElement} */ (row.querySelector(".member-status")), statusOf(member));
    return row;
  }

  /**
   * @param {Shown} member
   * @param {boolean} isMe
   * @param {Standing} standing
   */
  #row(member, isMe, { mine, isGroup, canChange }) {
    const { username, role } = member;
    const canRemove = canChange && !isMe;
    const controls = [
      canRemove && this.#roleField(member),
      !canRemove && role !== "member" && element("span", { class: "tag" }, role),
      isGroup && moderates(mine, member) && this.#menuButton(member),
      canRemove && this.#removeButton(member),
    ];
    return element(
      "li",
      { class: "member" },
      withPresence(personAvatar(username), member.online),
      element(
        "span",
        { class: "member-lines" },
        isMe
          ? element("span", { class: "member-name" }, username, " (you)")
          : element("button", nameButton(username), username),
        element("span", { class: "member-status soft small" }),
      ),
      controls.some(Boolean) && element("span", { class: "member-controls" }, ...controls),
    );
  }

  /** @param {Member} member */
  #removeButton(member) {
    return element(
      "button",
      { class: "icon-button", type: "button", onclick: () => this.#acts.remove(member) },
      icon("close"),
      hiddenText(`Remove ${member.username}`),
    );
  }

  /** @param {Member} member */
  #menuButton(member) {
    const choices = {
      mute: (/** @type {Date} */ until) => this.#acts.mute(member, until),
      ban: () => this.#acts.ban(member),
    };
    const button = element(
      "button",
      {
        class: "icon-button",
        type: "button",
        "aria-haspopup": "menu",
        onclick: () => this.#menu.open(button, null, memberItems(member, choices)),
      },
      icon("more"),
      hiddenText(`Moderate ${member.username}`),
    );
    return button;
  }

  /**
   * An owner says what the others may do.
   * @param {Member} member
   */
  #roleField(member) {
    const options = ROLES.map((each) =>
      element("option", { value: each, selected: each === member.role }, each),
    );
    const field = element(
      "select",
      { class: "role small", "aria-label": `Role of ${member.username}` },
      ...options,
    );
    field.addEventListener("change", async () => {
      const chosen = ROLES.find((each) => each === field.value) ?? member.role;
      await this.#acts.setRole(member, chosen);
    });
    return field;
  }
}

/** @param {Shown} member */
function statusOf({ last_seen_at, ...member }) {
  if (isMuted(member)) return "Muted";
  const seen = last_seen_at && { last_seen_at };
  return presenceWords({ is_online: member.online, ...seen }, new Date());
}

/** @param {string} username */
function nameButton(username) {
  const name = { ...nameAttributes(username), tabindex: "0", "aria-haspopup": "menu" };
  return { ...name, class: "member-name", type: "button" };
}
