import { Fragment, h, render } from "preact";

import { byId, element } from "./dom.js";
import { named } from "./finding/name-view.js";
import { profiles } from "./finding/profiles.js";
import { hiddenView, iconView, personAvatar } from "./views.js";
import { durationText, words } from "./words/index.js";

/** @import { Ban, Chat, Member } from "../src/index.js" */
/** @import { Entry } from "./entry.js" */
/** @import { Item } from "./menu.js" */

const MINUTE_MS = 60_000;
const MUTES = /** @type {const} */ ([
  ["moderation.mute_minutes", 10],
  ["moderation.mute_day", 24 * 60],
]);
const RANKS = ["member", "moderator", "owner"];

/**
 * Whether a member may mute and ban another one: each acts on lower roles only.
 * @param {Member | undefined} own
 * @param {Member} other
 */
export function moderates(own, other) {
  const rank = RANKS.indexOf(own?.role ?? "member");
  return rank > 0 && rank > RANKS.indexOf(other.role);
}

/** @param {Pick<Member, "mutedUntil">} member */
export function isMuted({ mutedUntil }) {
  return mutedUntil !== undefined && Date.parse(mutedUntil) > Date.now();
}

/**
 * What a moderator can do with a member.
 * @param {Member} member
 * @param {{ mute: (until: Date) => void, ban: () => void }} choices
 * @returns {Item[]}
 */
export function memberItems(member, { mute, ban }) {
  const mutes = MUTES.map(([key, minutes]) => {
    const act = () => mute(new Date(Date.now() + minutes * MINUTE_MS));
    return { text: words(key), icon: "clock", act };
  });
  const end = () => mute(new Date(0));
  const unmute = { text: words("moderation.unmute"), icon: "check", act: end };
  const banned = { text: words("moderation.ban"), icon: "close", isDanger: true, act: ban };
  return [...(isMuted(member) ? [unmute] : mutes), banned];
}

/** Slow mode and the banned users of the open conversation, for owners and moderators. */
export class Moderation {
  #box = byId("moderation", HTMLElement);
  #slow = byId("slow-mode", HTMLSelectElement);
  #banned = byId("banned", HTMLUListElement);
  #bans = byId("bans", HTMLElement);
  /** @type {Entry | null} */
  #entry = null;
  #chat;
  #onError;

  /**
   * @param {Chat} chat
   * @param {(error: unknown) => void} onError
   */
  constructor(chat, onError) {
    this.#chat = chat;
    this.#onError = onError;
    for (const option of this.#slow.options) option.text = slowModeText(Number(option.value));
    this.#slow.addEventListener("change", () => this.#setSlow());
    chat.on("conversation_changed", ({ conversationId, change, slowSeconds }) => {
      if (conversationId !== this.#entry?.id) return;
      if (change === "slow_mode") this.#showSlow(slowSeconds ?? 0);
      if (change === "unbanned") void this.#list();
    });
    chat.on("member_removed", ({ conversationId, isBanned }) => {
      if (isBanned && conversationId === this.#entry?.id) void this.#list();
    });
  }

  /** @param {Entry | null} entry the open group if the user leads it */
  show(entry) {
    const isOther = entry?.id !== this.#entry?.id;
    this.#entry = entry;
    this.#box.hidden = !entry;
    if (!entry || !isOther) return;
    this.#showSlow(entry.slowSeconds);
    this.#put([]);
    void this.#list();
  }

  async #list() {
    const entry = this.#entry;
    if (!entry) return;
    try {
      const { items } = await this.#chat.listBans(entry.id);
      if (entry.id === this.#entry?.id) this.#put(items);
    } catch (error) {
      this.#onError(error);
    }
  }

  /** @param {Ban[]} bans */
  #put(bans) {
    this.#bans.hidden = bans.length === 0;
    render(h(Fragment, null, ...bans.map((ban) => this.#row(ban))), this.#banned);
  }

  /** @param {Ban} ban */
  #row({ userId, username }) {
    const attributes = {
      class: "icon-button",
      type: "button",
      onclick: () => this.#lift(username),
    };
    return h(
      "li",
      { key: userId, class: "member" },
      personAvatar(username, userId),
      h(
        "span",
        { class: "member-lines" },
        h(
          "bdi",
          null,
          named(() => profiles.nameOf({ userId, username })),
        ),
      ),
      h(
        "button",
        attributes,
        iconView("close"),
        hiddenView(words("moderation.unban", { name: username })),
      ),
    );
  }

  /** @param {number} seconds */
  #showSlow(seconds) {
    this.#slow.value = String(seconds);
    if (this.#slow.selectedIndex >= 0) return;
    this.#slow.append(element("option", { value: String(seconds) }, slowModeText(seconds)));
    this.#slow.value = String(seconds);
  }

  #setSlow() {
    return this.#try((id) => this.#chat.setSlowMode(id, Number(this.#slow.value)));
  }

  /** @param {string} username */
  async #lift(username) {
    await this.#try((id) => this.#chat.unban(id, username));
    await this.#list();
    this.#slow.focus();
  }

  /** @param {(id: string) => Promise<unknown>} act */
  async #try(act) {
    try {
      if (this.#entry) await act(this.#entry.id);
    } catch (error) {
      this.#onError(error);
    }
  }
}

/** @param {number} seconds */
function slowModeText(seconds) {
  if (seconds === 0) return words("moderation.slow_mode_off");
  return seconds % 60 ? durationText(seconds, "second") : durationText(seconds / 60, "minute");
}
