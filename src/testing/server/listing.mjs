/** Pages of the scripted server's lists, all cut alike. */

/** One page of a list: `pageSize` entries from the cursor on, all of them without it. */
export function pageOf(field, entries, cursor, pageSize) {
  if (pageSize === undefined) return { [field]: entries };
  const from = Number(cursor ?? 0);
  const to = from + pageSize;
  return { [field]: entries.slice(from, to), ...(to < entries.length ? { nextCursor: String(to) } : {}) };
}
