import { Fragment, h, render } from "preact";

import { byId, say } from "./dom.js";
import { Failure } from "./failure.js";
import { profiles } from "./finding/profiles.js";
import { MemberRows } from "./member-rows.js";
import { EVERYBODY } from "./mentions.js";
import { Moderation } from "./moderation.js";
import { requireOnline } from "./online.js";
import { problemText } from "./problems.js";
import { Removing } from "./removing.js";

/** @import { Chat, ConversationChanged, Member } from "../src/index.js" */
/** @import { Entry } from "./entry.js" */
/** @import { Menu } from "./menu.js" */
/** @import { Shown } from "./member-rows.js" */
/** @import { Watching } from "./watching.js" */

/** How often it is looked up again who is online, if that does not come by itself. */
const REFRESH_MS = 60_000;

/** Who is in the open conversation: kept for the room's head, listed in the panel. */
export class People {
  #list = byId("member-list", HTMLUListElement);
  #more = byId("more-members", HTMLButtonElement);
  #addForm = byId("add-form", HTMLFormElement);
  #addNames = byId("add-names", HTMLInputElement);
  #problem = byId("people-problem", HTMLParagraphElement);
  #failure = new Failure("member-list", () => this.#load());
  #leave = byId("leave", HTMLButtonElement);
  /** @type {Map<string, Shown>} */
  #members = new Map();
  /** @type {string | undefined} */
  #cursor;
  /** @type {Entry | null} */
  #entry = null;
  /** @type {string | null} whose members are being asked for */
  #asking = null;
  #chat;
  #rows;
  #moderation;
  #watching;
  #onChange;

  /**
   * @param {Chat} chat
   * @param {Menu} menu
   * @param {Watching} watching
   * @param {() => void} onChange
   */
  constructor(chat, menu, watching, onChange) {
    this.#chat = chat;
    this.#watching = watching;
    const removing = new Removing(chat, () => this.#list.parentElement?.focus());
    this.#rows = new MemberRows(menu, {
      mute: ({ username }, until) => void this.#try((id) => chat.mute(id, username, until)),
      ban: ({ username }) => this.#entry && removing.ban(this.#entry, username),
      remove: ({ username }) => this.#entry && removing.remove(this.#entry, username),
      setRole: ({ username }, role) => this.#try((id) => chat.setRole(id, username, role)),
    });
    this.#moderation = new Moderation(chat, (error) => this.#fail(error));
    this.#onChange = onChange;
    this.#more.addEventListener("click", () => this.#load());
    this.#addForm.addEventListener("submit", (event) => this.#add(event));
    chat.on("members_added", ({ conversationId, members }) => {
      if (this.#isOpen(conversationId)) this.#put(members);
    });
    chat.on("member_removed", ({ conversationId, userId, newOwnerId }) => {
      if (!this.#isOpen(conversationId)) return;
      this.#drop(userId);
      if (newOwnerId) this.#setRole(newOwnerId, "owner");
    });
    chat.on("conversation_changed", (change) => this.#take(change));
    chat.on("message", ({ conversationId, userId }) => this.#alive(conversationId, userId));
    chat.on("read", ({ conversationId, userId }) => this.#alive(conversationId, userId));
    chat.on("typing", ({ conversationId, userId }) => this.#alive(conversationId, userId));
    setInterval(() => document.visibilityState === "visible" && this.#again(), REFRESH_MS);
  }

  /** Everybody known so far, in the order of their names. */
  get members() {
    const members = [...this.#members.values()].map((member) => this.#withPresence(member));
    return members.sort((a, b) => a.username.localeCompare(b.username));
  }

  /** How many of them are online. */
  get online() {
    const count = this.#watching.countIn(this.#entry?.id ?? "");
    return count ?? this.members.filter(({ online }) => online).length;
  }

  /** @param {string} conversationId of which other people are online now */
  presenceChanged(conversationId) {
    if (this.#isOpen(conversationId)) this.#changed();
  }

  /**
   * Whether a member has this name, or everybody is meant.
   * @param {string} name
   */
  isName(name) {
    return name === EVERYBODY || this.members.some(({ username }) => username === name);
  }

  /** @param {Entry | null} entry null where there are no lists of members */
  show(entry) {
    if (entry?.id !== this.#entry?.id) {
      this.#members.clear();
      this.#cursor = undefined;
      this.#problem.textContent = "";
      this.#failure.clear();
    }
    this.#entry = entry;
    this.#watch();
    this.#render();
    this.refresh();
  }

  /** Looks again who is there and who is online. */
  async refresh() {
    if (!this.#entry || this.#chat.state !== "online") return;
    this.#cursor = undefined;
    await this.#load();
  }

  /** What does not come by itself is asked for; words such as "5 minutes ago" grow old. */
  #again() {
    const id = this.#entry?.id ?? "";
    if (this.#watching.countIn(id) !== undefined) this.#watching.countAgain();
    if (this.#watching.isLive(id)) this.#changed();
    else void this.refresh();
  }

  /** @param {Shown} member */
  #withPresence(member) {
    const known = this.#watching.of(this.#entry?.id ?? "", member.userId);
    if (!known) return member;
    const { lastSeenAt } = known;
    return { ...member, online: known.isOnline, ...(lastSeenAt && { lastSeenAt }) };
  }

  #watch() {
    this.#watching.open(this.#entry?.id ?? null, this.#ids);
  }

  /** Those who are listed first come first. */
  get #ids() {
    return this.members.map(({ userId }) => userId);
  }

  async #load() {
    const entry = this.#entry;
    if (!entry || this.#asking === entry.id) return;
    this.#asking = entry.id;
    try {
      const options = this.#cursor === undefined ? {} : { cursor: this.#cursor };
      const { items, cursor } = await this.#chat.listMembers(entry.id, options);
      if (!this.#isOpen(entry.id)) return;
      this.#cursor = cursor;
      this.#failure.clear();
      profiles.note(items);
      this.#put(items);
    } catch (error) {
      if (this.#isOpen(entry.id)) this.#failure.show(error);
    } finally {
      if (this.#asking === entry.id) this.#asking = null;
    }
  }

  /** @param {string} id */
  #isOpen(id) {
    return this.#entry?.id === id;
  }

  /** @param {Member[]} members */
  #put(members) {
    for (const member of members) this.#members.set(member.userId, member);
    this.#watch();
    this.#changed();
  }

  /** @param {ConversationChanged} change */
  #take({ conversationId, change, userId, role, mutedUntil }) {
    const member = this.#members.get(userId ?? "");
    if (!this.#isOpen(conversationId) || !member) return;
    if (change === "role" && role) this.#setRole(member.userId, role);
    if (change === "muted" && mutedUntil) this.#put([{ ...member, mutedUntil }]);
    const { mutedUntil: _, ...unmuted } = member;
    if (change === "unmuted") this.#put([unmuted]);
  }

  /**
   * @param {string} userId
   * @param {Member["role"]} role
   */
  #setRole(userId, role) {
    const member = this.#members.get(userId);
    if (member) this.#put([{ ...member, role }]);
  }

  /** @param {string} userId */
  #drop(userId) {
    this.#members.delete(userId);
    this.#watch();
    this.#changed();
  }

  /**
   * A person who writes is online.
   * @param {string} conversationId
   * @param {string} userId
   */
  #alive(conversationId, userId) {
    const member = this.#members.get(userId);
    if (!member || member.online || !this.#isOpen(conversationId)) return;
    member.online = true;
    this.#changed();
  }

  #changed() {
    this.#render();
    this.#onChange();
  }

  #render() {
    const mine = this.#members.get(this.#chat.user?.userId ?? "");
    const canChange = this.#entry?.kind === "group" && mine?.role === "owner";
    this.#addForm.hidden = !canChange;
    this.#leave.hidden = this.#entry?.kind !== "group";
    this.#more.hidden = this.#cursor === undefined;
    const isLeading = this.#entry?.kind === "group" && mine && mine.role !== "member";
    this.#moderation.show(isLeading ? this.#entry : null);
    const standing = { mine, canChange, isGroup: this.#entry?.kind === "group" };
    const rows = this.members.map((member) => this.#rows.of(member, standing));
    render(h(Fragment, null, ...rows), this.#list);
  }

  /** @param {SubmitEvent} event */
  async #add(event) {
    event.preventDefault();
    const names = namesIn(this.#addNames.value);
    if (!this.#entry || names.length === 0) return;
    await this.#try(async (id) => {
      await this.#chat.addMembers(id, names);
      this.#addNames.value = "";
    });
  }

  /** @param {(id: string) => Promise<unknown>} act */
  async #try(act) {
    this.#problem.textContent = "";
    try {
      requireOnline(this.#chat);
      if (this.#entry) await act(this.#entry.id);
    } catch (error) {
      this.#fail(error);
    }
  }

  /** @param {unknown} error */
  #fail(error) {
    say(this.#problem, problemText(error));
  }
}

/**
 * The usernames in what somebody wrote.
 * @param {string} text
 */
export function namesIn(text) {
  return [...new Set(text.split(/[\s,;]+/).filter(Boolean))];
}
