/** The table of all servers as lines that fit a terminal, in width and in height. */

import { blockOf, headingOf, type ServerBlock, type ServerRow, type TableLayout } from './server-block.ts';
import { cut } from './width.ts';

/**
 * Lay out the table in at most `maxLines` lines (at least 3). Where the height does not suffice, explanations go first,
 * then servers that are ready; the last line says how many are not shown.
 */
export function tableLines(rows: readonly ServerRow[], layout: TableLayout, maxLines: number): string[] {
  const blocks = rows.map((row) => blockOf(row, layout));
  const room = Math.max(2, maxLines - 1);
  return [headingOf(layout), ...fitHeight(blocks, room, layout)];
}

/** Say how many servers are in order, and what a person can do. */
export function summaryLine(rows: readonly ServerRow[], advice: string, { colours, columns }: TableLayout): string {
  const ready = rows.filter(({ info }) => info.state === 'ready').length;
  const text = `${ready} of ${rows.length} ready`;
  return `${ready === rows.length ? colours.green(text) : text}${colours.dim(cut(`  ${advice}`, columns - text.length))}`;
}

function fitHeight(blocks: readonly ServerBlock[], room: number, { colours }: TableLayout): string[] {
  const lines = blocks.flatMap(({ row, below }) => [row, ...below]);
  if (lines.length <= room) return lines;
  if (blocks.length <= room) return withSomeBelow(blocks, room);
  const isTrouble = (block: ServerBlock): boolean => block.state !== 'ready';
  const inOrderOfNeed = [...blocks.filter(isTrouble), ...blocks.filter((block) => !isTrouble(block))];
  const kept = new Set(inOrderOfNeed.slice(0, room - 1));
  const hidden = blocks.filter((block) => !kept.has(block));
  const more = `  … and ${hidden.length} more${hidden.some(isTrouble) ? '' : ', all ready'}`;
  return [...blocks.filter((block) => kept.has(block)).map(({ row }) => row), colours.dim(more)];
}

/** All rows, and of the lines below them as many as there is room for: the first of each before the second of any. */
function withSomeBelow(blocks: readonly ServerBlock[], room: number): string[] {
  let left = room - blocks.length;
  const shown = new Map<ServerBlock, number>();
  const deepest = Math.max(...blocks.map(({ below }) => below.length));
  for (let depth = 0; depth < deepest; depth += 1) {
    for (const block of blocks) {
      if (left === 0 || block.below.length <= depth) continue;
      shown.set(block, depth + 1);
      left -= 1;
    }
  }
  return blocks.flatMap((block) => [block.row, ...block.below.slice(0, shown.get(block) ?? 0)]);
}
