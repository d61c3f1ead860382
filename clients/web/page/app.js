import { defaultConversation, isLocal } from "./address.js";
import { Announcer } from "./announcer.js";
import { followBack } from "./back.js";
import { Banner } from "./banner.js";
import { colourButton } from "./colours.js";
import { Composer } from "./composer.js";
import { Deletions } from "./deletions.js";
import { createDialog, leaveDialog, signOutDialog, titleDialog } from "./dialogs.js";
import { Directory } from "./directory.js";
import { nameOf } from "./entry.js";
import { byId } from "./dom.js";
import { Drafts } from "./drafts.js";
import { EmojiPicker } from "./emoji/picker.js";
import { Finding } from "./finding/index.js";
import { Frames } from "./frames.js";
import { Keeping } from "./keeping.js";
import { Listing } from "./listing.js";
import { Login } from "./login.js";
import { Menu } from "./menu.js";
import { MessageActs } from "./message-acts.js";
import { Navigation } from "./navigation.js";
import { Notice } from "./notice.js";
import { Notifications } from "./notifications/index.js";
import { Nowhere } from "./nowhere.js";
import { Panels } from "./panels.js";
import { People } from "./people.js";
import { Pins } from "./pins.js";
import { Previews } from "./previews.js";
import { LastShown } from "./last-shown.js";
import { Room } from "./room.js";
import { Sidebar } from "./sidebar.js";
import { SignIn } from "./sign-in.js";
import { chooseBySwipe } from "./swipe.js";
import { Titles } from "./titles.js";
import { Tooltip } from "./tooltip.js";
import { SavedToken } from "./token.js";
import { Watching } from "./watching.js";
import { words } from "./words/index.js";

/** @import { Chat, User } from "../src/index.js" */
/** @import { Entry } from "./entry.js" */

/** The page: it makes the parts and puts them together. */
export class App {
  #changeTitle = byId("change-title", HTMLButtonElement);

  /**
   * @param {Chat} chat
   * @param {URL} page
   * @param {string} address the service's
   * @param {Keeping} keeping
   */
  constructor(chat, page, address, keeping) {
    this.chat = chat;
    this.keeping = keeping;
    this.token = new SavedToken(address);
    const isElsewhere = new URL(address).host !== page.host;
    this.login = new Login(chat, {
      hasDemoUsers: isLocal(page),
      elsewhere: isElsewhere ? address : null,
      canKeep: Keeping.isPossible && this.token.canBeShared,
      onSubmit: (isToBeKept) => this.signIn.begin(isToBeKept),
    });
    this.directory = new Directory(chat, {
      onChange: () => this.#directoryChanged(),
      onGone: (entry, by) => this.#noticeGone(entry, by),
      onMessage: (message, after) => this.lastShown.received(message, after),
    });
    this.titles = new Titles(chat, this.directory);
    this.listing = new Listing(this.directory);
    this.watching = new Watching(chat, this.directory, {
      onChange: (id) => this.#presenceChanged(id),
      onError: (error) => this.#report(error),
    });
    this.acts = new MessageActs(chat, this);
    this.navigation = new Navigation(chat, this);
    this.sidebar = new Sidebar(
      this.directory,
      (id) => this.navigation.go(id),
      (entry) => this.watching.ofDirect(entry),
    );
    this.announcer = new Announcer(chat, this.directory, () => this.navigation.current);
    this.notice = new Notice();
    this.nowhere = new Nowhere(() => this.navigation.go(null));
    this.menu = new Menu();
    this.emoji = new EmojiPicker(() => localStorage);
    this.deletions = new Deletions(chat, {
      onChange: () => this.room.refresh(),
      onError: (error) => this.acts.fail(error),
    });
    this.people = new People(chat, this.menu, this.watching, () => this.#showHead());
    this.notifications = new Notifications(chat, this.directory, this.menu, {
      onOpen: (place) => this.navigation.open(place),
      onError: (error) => this.acts.fail(error),
      onReport: (error) => this.#report(error),
    });
    this.pins = new Pins(chat, (id) => this.room.bring(id));
    this.finding = new Finding(chat, this);
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
      onActions: (message, button) => this.acts.show(message, button),
      onReact: (message, reaction) => this.acts.react(message, reaction),
      onUndo: (message) => this.acts.undo(message),
      onDay: (at) => this.finding.showDay(at),
    });
    this.drafts = new Drafts(address, keeping.storage);
    this.composer = new Composer(chat, this.drafts, {
      onSent: () => this.room.followEnd(),
      onError: (error) => this.acts.fail(error),
      members: () => this.people.members,
      canNameAll: () => this.#isLeading,
      lastOwn: () => this.room.lastOwn,
      say: (text) => this.notice.show(text),
      outlivesPage: () => keeping.isForAllTabs,
      previews,
      emoji: this.emoji,
    });
    keeping.onDrafts = () => this.composer.showDraft();
    this.frames = new Frames(chat);
    this.panels = new Panels({
      people: () => this.people.refresh(),
      search: () => this.finding.searchOpened(),
      pins: () => this.pins.load(),
      notifications: () => this.notifications.settingsOpened(),
      frames: () => this.frames.show(),
    });
    this.banner = new Banner(chat, () => this.navigation.current !== null);
    this.lastShown = new LastShown(chat, this);
    this.tooltip = new Tooltip();
    followBack();
    chooseBySwipe(byId("messages", HTMLOListElement), (id) => this.acts.reply(id));
    this.signIn = new SignIn(chat, defaultConversation(page), this);
    this.#listen();
    this.#wireButtons();
  }

  #listen() {
    for (const type of /** @type {const} */ (["members_added", "member_removed"])) {
      this.chat.on(type, ({ conversationId }) => this.#doubtTitle(conversationId));
    }
    this.chat.on("error", (error) => this.#report(error));
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") this.chat.wake();
    });
  }

  #wireButtons() {
    const { chat, navigation } = this;
    colourButton();
    const openCreate = createDialog(chat, ({ conversationId }) => navigation.go(conversationId));
    const openLeave = leaveDialog(chat, () => navigation.current);
    const openSignOut = signOutDialog(chat, {
      hasUnsent: () => this.composer.hasUnsent,
      onHere: () => this.signIn.leave(),
    });
    const openTitle = titleDialog(chat, () => navigation.entry ?? null);
    this.#changeTitle.addEventListener("click", openTitle);
    byId("new-conversation", HTMLButtonElement).addEventListener("click", openCreate);
    byId("leave", HTMLButtonElement).addEventListener("click", openLeave);
    byId("sign-out", HTMLButtonElement).addEventListener("click", openSignOut);
    byId("back", HTMLButtonElement).addEventListener("click", () => navigation.go(null));
  }

  /** Owners and moderators may pin, change the title and delete what others wrote. */
  get #isLeading() {
    const role = this.navigation.entry?.role;
    return role === "owner" || role === "moderator";
  }

  #directoryChanged() {
    this.notifications.changed(this.navigation.entry ?? null);
    this.lastShown.changed();
    if (this.directory.hasLists === null || this.navigation.followList()) return;
    this.sidebar.show(this.navigation.current);
    this.watching.update();
    this.#showHead();
    this.#completeTitles();
  }

  /** @param {string} id */
  #presenceChanged(id) {
    this.people.presenceChanged(id);
    this.sidebar.show(this.navigation.current);
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
    this.lastShown.left(entry);
    if (by?.userId === this.chat.user?.userId) return;
    const name = nameOf(entry);
    const says = by
      ? words("app.removed_by", { by: by.username, name })
      : words("app.gone", { name });
    this.notice.show(says);
  }

  #showHead() {
    const { entry, timeline } = this.navigation;
    this.#changeTitle.hidden = entry?.kind !== "group" || !this.#isLeading;
    if (entry && timeline) this.room.head(entry, this.people.members, this.people.online);
  }

  /**
   * What went wrong in the background and is tried again by itself: for developers.
   * @param {unknown} error
   */
  #report(error) {
    console.warn(error);
  }
}
