import { Component, createRef, h } from "preact";

import { visible } from "../page/text/characters.js";
import { messageText } from "../page/text/message-text.js";
import { Made } from "../page/views.js";

/** @import { AttachmentRef, Outgoing } from "../src/index.js" */
/** @import { Row, MessageRow } from "./rows.js" */
/** @import { Shown } from "./view.js" */

/**
 * @typedef {{
 *   row: MessageRow, shown: Shown, name: string, isName: (name: string) => boolean,
 * }} Props
 */

/**
 * A message, a day, or the line above the first unread message.
 * @param {Row} row
 * @param {Shown} shown
 * @param {(name: string) => boolean} isName whether a name is somebody's
 */
export function rowView(row, shown, isName) {
  const { texts, profiles } = shown;
  const { key } = row;
  if (row.kind === "day")
    return h("li", { key, class: "day", part: "day" }, texts.day(row.at, new Date()));
  if (row.kind === "unread")
    return h("li", { key, class: "unread", part: "unread" }, texts.text("message.new"));
  const name = row.isOwn ? texts.text("common.you") : profiles.nameOf(row.author);
  return h(MessageView, { key, row, shown, name, isName });
}

/**
 * Drawn again only if something of it looks different.
 * @extends {Component<Props>}
 */
class MessageView extends Component {
  /**
   * @override
   * @param {Props} next
   */
  shouldComponentUpdate({ row, shown, name }) {
    const now = this.props;
    return (
      row.message !== now.row.message ||
      row.outgoing !== now.row.outgoing ||
      row.opensRun !== now.row.opensRun ||
      name !== now.name ||
      shown.texts !== now.shown.texts
    );
  }

  /** @override */
  render() {
    const { row, shown, name } = this.props;
    const kind = row.isOwn ? "own" : "other";
    const state = row.outgoing ? ` ${row.outgoing.state}` : "";
    const author = h("span", { class: "author", part: "author", dir: "auto" }, name);
    return h(
      "li",
      { class: `message ${kind}${state}`, part: `message ${kind}` },
      h(
        "div",
        { class: "bubble", part: "bubble" },
        row.opensRun ? author : h("span", { class: "hidden-text" }, name),
        row.message?.deletedAt ? goneView(shown) : this.#content(),
        this.#meta(),
      ),
      row.outgoing?.state === "failed" && failureView(row.outgoing, shown),
    );
  }

  #content() {
    const { row, shown, isName } = this.props;
    const { message, outgoing, key } = row;
    const { content, attachments = [] } = message ?? outgoing ?? { content: "" };
    const me = shown.me;
    const isForMe = !row.isOwn && message?.mentions?.some((it) => it === me.userId || it === "*");
    const words = (/** @type {"message.show_more" | "message.show_less"} */ it) =>
      shown.texts.text(it);
    const about = { key, me: me.username, isName, isForMe: Boolean(isForMe), words };
    const of = JSON.stringify([content, isForMe, shown.texts.language]);
    return [
      ...attachments.map((file) => h(FileView, { key: file.attachmentId, file, shown })),
      content && h(Made, { of, make: () => messageText(content, about) }),
    ];
  }

  #meta() {
    const { row, shown } = this.props;
    const { texts } = shown;
    const { at, message, outgoing } = row;
    if (outgoing) {
      const key = outgoing.state === "failed" ? "message.failed" : "message.sending";
      return h("span", { class: "meta", part: "state" }, texts.text(key));
    }
    const time = { datetime: at.toISOString(), title: texts.full(at) };
    const isEdited = message?.editedAt && !message.deletedAt;
    return h(
      "span",
      { class: "meta", part: "time" },
      isEdited && h("span", {}, texts.text("message.edited")),
      h("time", time, texts.time(at)),
    );
  }
}

/** @param {Shown} shown */
function goneView({ texts }) {
  return h("p", { class: "content gone" }, texts.text("message.deleted"));
}

/**
 * @param {Outgoing} outgoing
 * @param {Shown} shown
 */
function failureView(outgoing, { texts, conversation }) {
  const { error } = outgoing;
  const button = (/** @type {string} */ text, /** @type {() => void} */ onClick) =>
    h("button", { type: "button", class: "quiet", part: "button", onClick }, text);
  return h(
    "p",
    { class: "failure" },
    h("span", {}, error ? texts.problem(error) : texts.text("message.not_sent")),
    button(texts.text("common.try_again"), () => conversation.resend(outgoing)),
    button(texts.text("message.discard"), () => conversation.discard(outgoing)),
  );
}

/**
 * A link to a file, once its address is known.
 * @extends {Component<{ file: AttachmentRef, shown: Shown }>}
 */
class FileView extends Component {
  /** @type {import("preact").RefObject<HTMLAnchorElement | null>} */
  #link = createRef();
  #end = () => {};

  /** @override */
  componentDidMount() {
    const { file, shown } = this.props;
    const onUrl = (/** @type {string} */ url) => this.#link.current?.setAttribute("href", url);
    const { chat, conversation } = shown;
    this.#end = chat.watchAttachmentUrl(conversation.id, file.attachmentId, onUrl);
  }

  /** @override */
  componentWillUnmount() {
    this.#end();
  }

  /** @override */
  render() {
    const { file, shown } = this.props;
    const name = visible(file.name ?? "") || shown.texts.text("files.unnamed");
    const says = shown.texts.text("files.download", { name });
    const attributes = {
      class: "file",
      part: "file",
      target: "_blank",
      rel: "noopener noreferrer",
    };
    return h("a", { ...attributes, ref: this.#link, "aria-label": says, dir: "auto" }, name);
  }
}
