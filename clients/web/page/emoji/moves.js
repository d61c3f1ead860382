/** As many stand in a line of the picker, as its style sheet says. */
export const COLUMNS = 8;

/** @typedef {{ section: number, index: number }} Place in a section of the picker */

/**
 * Where an arrow key leads in sections of lines, one below the other; the same place at an edge.
 * @param {readonly number[]} sizes how many are in each section
 * @param {Place} at
 * @param {string} key of a keyboard, for lines that run from left to right
 * @returns {Place}
 */
export function moved(sizes, { section, index }, key) {
  const size = sizes[section] ?? 0;
  const [before, after] = [sizes[section - 1] ?? 0, sizes[section + 1] ?? 0];
  if (key === "ArrowRight") {
    if (index + 1 < size) return { section, index: index + 1 };
    return after ? { section: section + 1, index: 0 } : { section, index };
  }
  if (key === "ArrowLeft") {
    if (index > 0) return { section, index: index - 1 };
    return before ? { section: section - 1, index: before - 1 } : { section, index };
  }
  const column = index % COLUMNS;
  if (key === "ArrowDown") {
    if (index - column + COLUMNS < size)
      return { section, index: Math.min(index + COLUMNS, size - 1) };
    return after
      ? { section: section + 1, index: Math.min(column, after - 1) }
      : { section, index };
  }
  if (index >= COLUMNS) return { section, index: index - COLUMNS };
  const lastLine = before - 1 - ((before - 1) % COLUMNS);
  return before
    ? { section: section - 1, index: Math.min(lastLine + column, before - 1) }
    : { section, index };
}
