/** Lists tools for a person: what each is called, what it requires, and the first line of what it says of itself. */

import type { Tool } from '../index.ts';
import type { Colours } from './colour.ts';
import { showLine } from './showable.ts';
import { cut, fit, widest } from './width.ts';

/** How the list is laid out. */
export interface ListLayout {
  readonly colours: Colours;
  /** `Infinity` when the reader is no terminal: then nothing is cut. */
  readonly columns: number;
}

const INDENT = '  ';
/** A call longer than this has its description on the next line, so that it does not push the others aside. */
const MAX_CALL_COLUMNS = 34;

/** Lay out the tools of one server, under a heading. */
export function toolLines(server: string, tools: readonly Tool[], layout: ListLayout): string[] {
  const { bold, dim } = layout.colours;
  const count = `${tools.length} ${tools.length === 1 ? 'tool' : 'tools'}`;
  const calls = tools.map(callOf);
  const callColumns = widest(calls.filter((call) => call.length <= MAX_CALL_COLUMNS));
  const lines = tools.flatMap((tool, index) => linesOf(tool, calls[index] ?? '', callColumns, layout));
  return [`${bold(showLine(server))} ${dim(`(${count})`)}`, ...lines];
}

/** How the tool is called with what it requires: `get_alerts(state)`. */
function callOf({ name, inputSchema }: Tool): string {
  return `${showLine(name)}(${(inputSchema.required ?? []).map(showLine).join(', ')})`;
}

function linesOf(tool: Tool, call: string, callColumns: number, { colours, columns }: ListLayout): string[] {
  const description = firstLine(tool.description ?? tool.title ?? '');
  const room = columns - INDENT.length - callColumns - 2;
  const shownDescription = cut(description, room);
  if (description === '') return [`${INDENT}${paintCall(cut(call, columns - INDENT.length), colours)}`];
  if (call.length > MAX_CALL_COLUMNS && columns !== Number.POSITIVE_INFINITY) {
    const indent = ' '.repeat(INDENT.length + callColumns + 2);
    return [`${INDENT}${paintCall(cut(call, columns - INDENT.length), colours)}`, `${indent}${shownDescription}`];
  }
  return [`${INDENT}${paintCall(fit(call, Math.max(callColumns, widest([call]))), colours)}  ${shownDescription}`];
}

function paintCall(call: string, { cyan, dim }: Colours): string {
  const end = call.lastIndexOf('(');
  return end < 0 ? cyan(call) : cyan(call.slice(0, end)) + dim(call.slice(end));
}

function firstLine(text: string): string {
  return showLine(text.trimStart().split(/[\r\n]/, 1)[0] ?? '');
}
