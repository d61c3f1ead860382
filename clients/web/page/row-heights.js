/** What is known of the heights of rows: measured where a row was drawn, estimated elsewhere. */
export class RowHeights {
  /** @type {number[]} in pixels */
  #heights = [];
  /** @type {number[]} where each row ends; right for the first `#summed` of them */
  #ends = [];
  #summed = 0;
  /** What a row is taken for until it is measured. */
  #estimate = 44;

  get length() {
    return this.#heights.length;
  }

  /** All of them together. */
  get total() {
    return this.offset(this.length);
  }

  /**
   * Where a row begins, from the beginning of the first.
   * @param {number} index
   */
  offset(index) {
    for (; this.#summed < index; this.#summed++) {
      const before = this.#ends[this.#summed - 1] ?? 0;
      this.#ends[this.#summed] = before + (this.#heights[this.#summed] ?? 0);
    }
    return this.#ends[index - 1] ?? 0;
  }

  /**
   * The row at a place; the last one beyond the end.
   * @param {number} offset
   */
  at(offset) {
    let [low, high] = [0, Math.max(0, this.length - 1)];
    this.offset(this.length);
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#ends[middle] ?? 0) > offset) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /**
   * Nothing is learned from rows that are not displayed.
   * @param {readonly { index: number, height: number }[]} rows
   */
  measured(rows) {
    const sum = rows.reduce((sum, { height }) => sum + height, 0);
    if (sum === 0) return;
    for (const { index, height } of rows) {
      if (this.#heights[index] === height) continue;
      this.#heights[index] = height;
      this.#summed = Math.min(this.#summed, index);
    }
    this.#estimate = sum / rows.length;
  }

  /**
   * Rows came in front and at the end, or went from the end.
   * @param {number} front how many
   * @param {number} length of all there are now
   */
  resize(front, length) {
    if (front > 0) {
      this.#heights = [...this.#estimates(front), ...this.#heights];
      this.#summed = 0;
    }
    this.#heights.push(...this.#estimates(length - this.length));
    this.#heights.length = length;
    this.#summed = Math.min(this.#summed, length);
  }

  /**
   * Other rows, some of which were here before.
   * @param {number} length
   * @param {(index: number) => number} placeOf where a row from before is now; -1 where it is not
   */
  rearrange(length, placeOf) {
    const before = this.#heights;
    this.#heights = this.#estimates(length);
    this.#summed = 0;
    before.forEach((height, index) => {
      const place = placeOf(index);
      if (place >= 0) this.#heights[place] = height;
    });
  }

  /** @param {number} many */
  #estimates(many) {
    return new Array(Math.max(0, many)).fill(this.#estimate);
  }
}
