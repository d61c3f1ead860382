import { ParleyError } from "../src/index.js";
import { conversationIn, defaultConversation, hashOf, isLocal, messageIn } from "./address.js";
import { Announcer } from "./announcer.js";
import { followBack } from "./back.js";
import { Banner } from "./banner.js";
import { colourButton } from "./colours.js";
import { Composer } from "./composer.js";
import { Deletions } from "./deletions.js";
import { createDialog, leaveDialog, signOutDialog, titleDialog } from "./dialogs.js";
import { Directory, nameOf } from "./directory.js";
import { byId } from "./dom.js";
import { Drafts } from "./drafts.js";
import { EmojiPicker } from "./emoji/picker.js";
import { SearchPanel } from "./finding/search-panel.js";
import { Frames } from "./frames.js";
import { Listing } from "./listing.js";
import { Login } from "./login.js";
import { Menu } from "./menu.js";
import { openActions } from "./message-actions.js";
import { Notice } from "./notice.js";
import { Notifications } from "./notifications/index.js";
import { Nowhere } from "./nowhere.js";
import { Panels } from "./panels.js";
import { People } from "./people.js";
import { Pins } from "./pins.js";
import { Previews } from "./previews.js";
import { toggleReaction } from "./reactions.js";
import { Room } from "./room.js";
import { Sidebar } from "./sidebar.js";
import { chooseBySwipe } from "./swipe.js";
import { Titles } from "./titles.js";
import { Tooltip } from "./tooltip.js";
import { SavedToken } from "./token.js";
import { Watching } from "./watching.js";

/** @import { Chat, Identity, Message, Timeline, User } from "../src/index.js" */
/** @import { Entry } from "./directory.js" */
/** @import { Place } from "./notifications/presenter.js" */

/** After these the user has to sign in again; any other refusal may pass. */
const SESSION_OVER = new Set(["token_expired", "invalid_token", "signed_out"]);

/** The page: it puts the parts together and knows which conversation is open. */
export class App {
  #screen = byId("chat", HTMLDivElement);
  #peopleToggle = byId("people-toggle", HTMLButtonElement);
  #changeTitle = byId("change-title", HTMLButtonElement);
  /** @type {string | null} */
  #current = null;
  /** @type {Timeline | null} */
  #timeline = null;
  /** @type {string | null} whose page this is; another user gets a new one */
  #userId = null;

  /**
   * @param {Chat} chat
   * @param {URL} page
   * @param {string} address the service's
   */
  constructor(chat, page, address) {
    this.chat = chat;
    this.fallback = defaultConversation(page);
    this.token = new SavedToken(address);
    const isElsewhere = new URL(address).host !== page.host;
    this.login = new Login(chat, {
      hasDemoUsers: isLocal(page),
      elsewhere: isElsewhere ? address : null,
    });
    this.directory = new Directory(chat, {
      onChange: () => this.#directoryChanged(),
      onGone: (entry, by) => this.#noticeGone(entry, by),
    });
    this.titles = new Titles(chat, this.directory);
    this.listing = new Listing(this.directory);
    this.watching = new Watching(chat, this.directory, {
      onChange: (id) => this.#presenceChanged(id),
      onError: (error) => this.#report(error),
    });
    this.sidebar = new Sidebar(
      this.directory,
      (id) => this.#go(id),
      (entry) => this.watching.ofDirect(entry),
    );
    this.announcer = new Announcer(chat, this.directory, () => this.#current);
    this.notice = new Notice();
    this.nowhere = new Nowhere(() => this.#go(null));
    this.menu = new Menu();
    this.emoji = new EmojiPicker(localStorage);
    this.deletions = new Deletions(chat, {
      onChange: () => this.room.refresh(),
      onError: (error) => this.#fail(error),
    });
    this.people = new People(chat, this.menu, this.watching, () => this.#showHead());
    this.notifications = new Notifications(chat, this.directory, this.menu, {
      onOpen: (place) => this.open(place),
      onError: (error) => this.#fail(error),
      onReport: (error) => this.#report(error),
    });
    this.pins = new Pins(chat, (id) => this.room.bring(id));
    this.search = new SearchPanel(chat, (id) => this.room.bring(id));
    const previews = new Previews();
    this.room = new Room(chat, {
      previews,
      onSeen: (id, seq) => {
        this.directory.seen(id, seq);
        this.notifications.read(id, seq);
      },
      onLook: (id) => this.notifications.onScreen.show(id),
      isName: (name) => this.people.isName(name),
      beingDeleted: () => this.deletions.waiting,
      onActions: (message, button) => this.#showActions(message, button),
      onReact: (message, reaction) => this.#react(message, reaction),
      onUndo: (message) => this.#undo(message),
    });
    this.drafts = new Drafts(address);
    this.composer = new Composer(chat, this.drafts, {
      onSent: () => this.room.followEnd(),
      onError: (error) => this.#fail(error),
      members: () => this.people.members,
      canNameAll: () => this.#isLeading,
      lastOwn: () => this.room.lastOwn,
      say: (text) => this.notice.show(text),
      previews,
      emoji: this.emoji,
    });
    this.frames = new Frames(chat);
    this.panels = new Panels({
      people: () => this.people.refresh(),
      search: () => this.search.opened(),
      pins: () => this.pins.load(),
      notifications: () => this.notifications.settingsOpened(),
      frames: () => this.frames.show(),
    });
    this.banner = new Banner(chat);
    this.tooltip = new Tooltip();
    followBack();
    chooseBySwipe(byId("messages", HTMLOListElement), (id) => this.#reply(id));
    this.#listen();
    this.#wireButtons();
  }

  /** Signs in with the token of this tab, if it has one. */
  async start() {
    const token = this.token.read();
    if (!token) return this.login.show();
    this.sidebar.showUser(this.token.username);
    this.#screen.hidden = false;
    await this.listing.during(() => this.#resume(token));
  }

  /** @param {string} token */
  async #resume(token) {
    try {
      await this.chat.authenticate({ token });
    } catch (error) {
      const isOver = error instanceof ParleyError && SESSION_OVER.has(error.code);
      if (!isOver) throw error;
      // An old token is no more than a reason to ask for the password.
      this.#showLogin();
    }
  }

  #listen() {
    this.chat.on("authenticated", (identity) => this.#enter(identity));
    this.chat.on("signed_out", ({ reason }) => this.#exit(reason));
    for (const type of /** @type {const} */ (["members_added", "member_removed"])) {
      this.chat.on(type, ({ conversation_id }) => this.#doubtTitle(conversation_id));
    }
    this.chat.on("error", (error) => this.#report(error));
    window.addEventListener("hashchange", () => this.#route());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") this.chat.wake();
    });
  }

  #wireButtons() {
    colourButton();
    const openCreate = createDialog(this.chat, ({ conversation_id }) => this.#go(conversation_id));
    const openLeave = leaveDialog(this.chat, () => this.#current);
    const openSignOut = signOutDialog(this.chat, {
      hasUnsent: () => this.composer.hasUnsent,
      onHere: () => this.#leavePage(),
    });
    const openTitle = titleDialog(this.chat, () => this.directory.find(this.#current) ?? null);
    byId("change-title", HTMLButtonElement).addEventListener("click", openTitle);
    byId("new-conversation", HTMLButtonElement).addEventListener("click", openCreate);
    byId("leave", HTMLButtonElement).addEventListener("click", openLeave);
    byId("sign-out", HTMLButtonElement).addEventListener("click", openSignOut);
    byId("back", HTMLButtonElement).addEventListener("click", () => this.#go(null));
  }

  /** @param {Identity} identity */
  async #enter({ user_id, username, token }) {
    this.token.write(token, username);
    if (this.#userId !== null && (this.#userId !== user_id || this.#isOver)) {
      return location.reload();
    }
    this.#userId = user_id;
    this.login.hide();
    this.#screen.hidden = false;
    this.sidebar.showUser(username);
    this.notifications.signedIn(this.chat.webPushKey);
    await this.listing.during(async () => {
      await this.directory.load(this.fallback, () => this.#route());
      this.notifications.current();
      this.#route();
      this.people.refresh();
    });
  }

  /** Whether what is shown belongs to a session that was ended, not one that only ran out. */
  get #isOver() {
    const error = this.#timeline?.error;
    return error instanceof ParleyError && error.code === "signed_out";
  }

  /** @param {string} reason */
  #exit(reason) {
    // A session that only ran out is taken up again where it was.
    if (reason !== "token_expired") {
      this.drafts.forgetAll();
      void this.notifications.signedOut();
    }
    this.panels.closeAll();
    this.#showLogin(reason);
  }

  /** @param {string} [reason] why the user is not signed in any more */
  #showLogin(reason) {
    this.token.forget();
    this.#screen.hidden = true;
    this.login.show(reason);
  }

  async #leavePage() {
    await this.notifications.signedOut();
    this.token.forget();
    this.chat.close();
    this.drafts.forgetAll();
    location.reload();
  }

  /** Owners and moderators may pin, change the title and delete what others wrote. */
  get #isLeading() {
    const role = this.directory.find(this.#current)?.role;
    return role === "owner" || role === "moderator";
  }

  /**
   * @param {Message} message
   * @param {HTMLElement} button
   */
  #showActions(message, button) {
    const entry = this.directory.find(message.conversation_id);
    const me = this.chat.user;
    if (!entry || !me) return;
    openActions(
      this.menu,
      button,
      message,
      { me, entry },
      {
        onReact: (it, reaction) => this.#react(it, reaction),
        onPickReaction: (it, at) => this.emoji.open(at, (reaction) => this.#react(it, reaction)),
        onReply: (it) => this.composer.reply(it),
        onEdit: (it) => this.composer.edit(it),
        onDelete: (it) => this.#delete(it),
        onPin: (it, isPinned) => this.#pin(it, isPinned),
        onReport: (it) => this.#reportMessage(it),
        isPinned: (it) => this.pins.has(it.message_id),
      },
    );
  }

  /** @param {string} messageId */
  #reply(messageId) {
    const message = this.room.messageOf(messageId);
    if (message) this.composer.reply(message);
  }

  /**
   * @param {Message} message
   * @param {string} reaction
   */
  #react(message, reaction) {
    toggleReaction(this.chat, message, reaction).catch((error) => this.#fail(error));
  }

  /** @param {Message} message */
  async #reportMessage(message) {
    try {
      await this.chat.report(message);
      this.notice.show("The message was reported to the operator.");
    } catch (error) {
      this.#fail(error);
    }
  }

  /** @param {Message} message */
  #delete(message) {
    this.deletions.begin(message);
    this.room.focusMessage(message.message_id, ".undo");
  }

  /** @param {Message} message */
  #undo(message) {
    this.deletions.undo(message.message_id);
    this.room.focusMessage(message.message_id, ".actions");
  }

  /**
   * @param {Message} message
   * @param {boolean} isPinned
   */
  #pin(message, isPinned) {
    const done = isPinned ? this.chat.pin(message) : this.chat.unpin(message);
    done.catch((error) => this.#fail(error));
  }

  /**
   * What the user asked for did not happen.
   * @param {unknown} error
   */
  #fail(error) {
    this.notice.show(error instanceof Error ? error.message : String(error));
  }

  /**
   * Shows a message of a conversation, in answer to a click elsewhere.
   * @param {Pick<Place, "conversationId" | "messageId">} place
   */
  open({ conversationId, messageId }) {
    location.hash = hashOf(conversationId, messageId);
    if (conversationId === this.#current) this.#show(conversationId);
  }

  /** @param {string | null} id */
  #go(id) {
    location.hash = hashOf(id);
    if (id === this.#current) this.#show(id);
  }

  /** Shows what the address says, or what there is to show where it says nothing. */
  #route() {
    const { directory } = this;
    if (directory.hasLists === null) return;
    const asked = conversationIn(location.hash);
    if (asked !== null && !directory.hasLists) directory.know(asked);
    if (directory.find(asked)) return this.#show(asked);
    // It may be on a page that is still to come.
    if (asked !== null && !directory.isWhole) return;
    if (asked !== null) return this.#showUnknown();
    const isWide = window.matchMedia("(min-width: 50rem)").matches;
    this.#show(isWide || !directory.hasLists ? this.#usual : null);
  }

  /** What is open already, or else the latest. */
  get #usual() {
    return this.directory.find(this.#current)?.id ?? this.directory.entries[0]?.id ?? null;
  }

  /** @param {string | null} id */
  #show(id) {
    const previous = this.#current;
    this.#screen.dataset["view"] = id === null ? "list" : "room";
    this.nowhere.hide();
    if (id !== previous || this.#timeline?.error) this.#open(id);
    this.#bringLinked();
    this.sidebar.show(this.#current);
    if (id === null) this.sidebar.focus(previous);
    else if (id !== previous) this.#focusRoom();
  }

  /** A link may lead to one message of the conversation. */
  #bringLinked() {
    const messageId = messageIn(location.hash);
    const timeline = this.#timeline;
    if (!messageId || !timeline) return;
    const bring = () => {
      if (timeline === this.#timeline) void this.room.bring(messageId);
    };
    timeline.ready().then(bring, () => {});
  }

  /** A link that leads nowhere says so; to open something else would pass that off as its aim. */
  #showUnknown() {
    this.#open(null);
    this.#screen.dataset["view"] = "room";
    this.sidebar.show(null);
    this.nowhere.show();
  }

  /** @param {string | null} id */
  #open(id) {
    this.#timeline?.close();
    this.#timeline = null;
    this.#current = id;
    this.panels.closeAll();
    const entry = this.directory.find(id) ?? null;
    const { hasLists } = this.directory;
    this.#screen.classList.toggle("nothing", entry === null);
    this.#peopleToggle.hidden = !hasLists || entry === null;
    this.search.show(hasLists ? entry : null);
    this.pins.show(entry?.id ?? null);
    this.composer.show(id);
    this.people.show(hasLists ? entry : null);
    this.notifications.changed(entry);
    if (!entry) return this.room.close();
    const timeline = this.chat.open(entry.id, { changes: true });
    this.#timeline = timeline;
    timeline.on("change", () => this.#timelineChanged(timeline));
    this.room.open(entry, timeline);
  }

  /** With a mouse at hand one writes at once; on a phone a keyboard would cover what is read. */
  #focusRoom() {
    if (window.matchMedia("(pointer: fine)").matches) this.composer.focus();
    else this.room.focus();
  }

  /** @param {Timeline} timeline */
  #timelineChanged(timeline) {
    const last = timeline.messages.at(-1);
    if (last) this.directory.latest(last);
    if (timeline !== this.#timeline) return;
    this.composer.show(timeline.error ? null : timeline.conversationId);
  }

  #directoryChanged() {
    this.notifications.changed(this.directory.find(this.#current) ?? null);
    if (this.directory.hasLists === null) return;
    const isGone = this.#current !== null && !this.directory.find(this.#current);
    if (isGone) return this.#go(null);
    const isThere = this.nowhere.isShown && this.directory.find(conversationIn(location.hash));
    if (isThere) return this.#route();
    this.sidebar.show(this.#current);
    this.watching.update();
    this.#showHead();
    this.#completeTitles();
  }

  /** @param {string} id */
  #presenceChanged(id) {
    this.people.presenceChanged(id);
    this.sidebar.show(this.#current);
  }

  /** @param {string} id */
  #doubtTitle(id) {
    this.titles.doubt(id);
    this.#completeTitles();
  }

  #completeTitles() {
    if (this.directory.hasLists) this.titles.complete().catch((error) => this.#report(error));
  }

  /**
   * @param {Entry} entry
   * @param {User | null} by
   */
  #noticeGone(entry, by) {
    this.notifications.gone(entry.id);
    if (by?.user_id === this.chat.user?.user_id) return;
    const name = nameOf(entry);
    this.notice.show(
      by ? `${by.username} removed you from ${name}.` : `You are no longer in ${name}.`,
    );
  }

  #showHead() {
    const entry = this.directory.find(this.#current);
    this.#changeTitle.hidden = entry?.kind !== "group" || !this.#isLeading;
    if (entry && this.#timeline) this.room.head(entry, this.people.members, this.people.online);
  }

  /**
   * What went wrong in the background and is tried again by itself: for developers.
   * @param {unknown} error
   */
  #report(error) {
    console.warn(error);
  }
}
