/** Who has read how far, asked for many messages at once. */
export class Readers {
  /** Who has read furthest comes first: the readers of a message stand at the beginning. */
  #ordered;
  /** @type {Map<number, readonly string[]>} names, by how many of the first they are of */
  #names = new Map();

  /**
   * @param {ReadonlyMap<string, { username: string, seq: number }>} readers by user
   * @param {string} me the user who does not count
   */
  constructor(readers, me) {
    const others = [...readers].filter(([userId]) => userId !== me).map(([, reader]) => reader);
    this.#ordered = others.sort((a, b) => b.seq - a.seq);
  }

  /**
   * The names of those who have read up to here.
   * @param {number} seq
   */
  of(seq) {
    const beyond = this.#ordered.findIndex((reader) => reader.seq < seq);
    const count = beyond < 0 ? this.#ordered.length : beyond;
    const names = this.#names.get(count) ?? this.#firstNames(count);
    this.#names.set(count, names);
    return names;
  }

  /** @param {number} count */
  #firstNames(count) {
    const first = this.#ordered.slice(0, count);
    return first.map(({ username }) => username).sort();
  }
}

/** How far each of the members has read. */
export class ReadMarks {
  /** @type {ReadonlyMap<string, { username: string, seq: number }>} by user; another map once it changes */
  all = new Map();

  /**
   * A mark never goes back.
   * @param {readonly { userId: string, username: string, seq: number }[]} marks
   */
  note(marks) {
    const news = marks.filter(({ userId, seq }) => (this.all.get(userId)?.seq ?? -1) < seq);
    if (news.length === 0) return;
    const all = new Map(this.all);
    for (const { userId, username, seq } of news) all.set(userId, { username, seq });
    this.all = all;
  }

  clear() {
    this.all = new Map();
  }
}
