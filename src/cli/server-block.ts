/** What the live table shows of one server: a row, and below it why it is not ready. */

import { DEFAULTS, describeFault, type Fault, type ServerInfo } from '../index.ts';
import type { Colours } from './colour.ts';
import { showAge, showDelay } from './duration.ts';
import { faultHint } from './fault-hint.ts';
import { showLine } from './showable.ts';
import { paintOf, placeOf, type ShownState, STATE_COLUMNS, shownState, signOf } from './shown-state.ts';
import { cut, fit } from './width.ts';

/** One server, and since when it is in its state. */
export interface ServerRow {
  readonly info: ServerInfo;
  readonly sinceMs: number | undefined;
}

/** How rows are laid out. */
export interface TableLayout {
  readonly colours: Colours;
  readonly columns: number;
  readonly nameColumns: number;
  readonly nowMs: number;
}

/** The lines of one server. */
export interface ServerBlock {
  readonly state: ShownState;
  readonly row: string;
  /** Why it is not ready: the fault, the last line of stderr, a hint; as far as there are any. */
  readonly below: readonly string[];
}

/** From this width on there is room to say everything about a server in its row. */
const WIDE_COLUMNS = 100;
const INDENT = '    ';

/** Lay out the heading of the table. */
export function headingOf(layout: TableLayout): string {
  const cells = ['SERVER', 'VIA', 'STATE', 'EPOCH', 'TOOLS', 'SINCE', ''];
  return layout.colours.dim(`  ${inColumns(cells, layout).join(gapOf(layout))}`.trimEnd());
}

/** Lay out one server. Every line fits the columns; texts of others are made safe. */
export function blockOf({ info, sinceMs }: ServerRow, layout: TableLayout): ServerBlock {
  const { colours, columns, nowMs } = layout;
  const state = shownState(info);
  const paint = paintOf(state, info.cause, colours);
  const word = state === 'closed' && info.cause?.kind === 'closed' ? 'closing' : state;
  const tools = info.epoch === 0 || (info.tools.length === 0 && state !== 'ready') ? '-' : String(info.tools.length);
  const since = sinceMs === undefined ? '' : showAge(nowMs - sinceMs);
  const epoch = info.epoch === 0 ? '-' : String(info.epoch);
  const cells = [showLine(info.name), viaOf(info), word, epoch, tools, since, detailOf(info, state, layout)];
  const [name = '', via = '', shownWord = '', ...rest] = inColumns(cells, layout);
  const row = [colours.bold(name), colours.dim(via), paint(shownWord), ...rest].join(gapOf(layout));
  const below = state === 'ready' || info.cause === undefined ? [] : explain(info.cause, state);
  const paintBelow = state === 'closed' || state === 'parked' ? colours.red : colours.dim;
  return {
    state,
    row: `${paint(signOf(state))} ${row}`.trimEnd(),
    below: below.map((line) => `${INDENT}${paintBelow(cut(showLine(line), columns - INDENT.length))}`),
  };
}

function inColumns(cells: readonly string[], layout: TableLayout): string[] {
  const [name = '', via = '', state = '', epoch = '', tools = '', since = '', detail = ''] = cells;
  const fixed = [
    fit(name, layout.nameColumns),
    fit(via, 5),
    fit(state, STATE_COLUMNS),
    fit(epoch, 5, 'right'),
    fit(tools, 5, 'right'),
    fit(since, 6, 'right'),
  ];
  const gap = gapOf(layout).length;
  const used = 2 + layout.nameColumns + 5 + STATE_COLUMNS + 5 + 5 + 6 + fixed.length * gap;
  return [...fixed, cut(detail, layout.columns - used)];
}

function gapOf({ columns }: TableLayout): string {
  return columns >= WIDE_COLUMNS ? '  ' : ' ';
}

function viaOf({ config }: ServerInfo): string {
  return config.transport === 'streamable_http' ? 'http' : config.transport;
}

function detailOf(info: ServerInfo, state: ShownState, { columns, nowMs }: TableLayout): string {
  const isWide = columns >= WIDE_COLUMNS;
  const place = showLine(placeOf(info, isWide));
  const plan = planOf(info, state, nowMs);
  if (plan === undefined) return place;
  return isWide ? `${plan}  ${place}` : plan;
}

/** What happens next, where something is to be waited for. */
function planOf(info: ServerInfo, state: ShownState, nowMs: number): string | undefined {
  switch (state) {
    case 'waiting':
      return `waits for ${info.waitingFor.map(showLine).join(', ')}`;
    case 'connecting':
    case 'initializing':
      return info.attempt > 1 ? `attempt ${info.attempt}` : undefined;
    case 'reconnecting': {
      const leftMs = (info.retryAtMs ?? nowMs) - nowMs;
      return leftMs > 0 ? `next try in ${showDelay(leftMs)}` : 'next try now';
    }
    case 'parked':
      return `tried every ${showDelay(info.config.parkedProbeMs ?? DEFAULTS.parkedProbeMs)}`;
    case 'closed':
      return info.cause === undefined || info.cause.kind === 'closed' ? undefined : 'given up';
    case 'ready':
      return undefined;
  }
}

function explain(cause: Fault, state: ShownState): string[] {
  if (cause.kind === 'closed') return [];
  const stderr = cause.kind === 'process-exited' ? cause.stderr.at(-1) : undefined;
  const why = cause.kind === 'process-exited' ? describeFault({ ...cause, stderr: [] }) : describeFault(cause);
  const hint = state === 'closed' || state === 'parked' ? faultHint(cause) : undefined;
  return [
    why,
    ...(stderr === undefined ? [] : [`stderr: ${stderr}`]),
    ...(hint === undefined ? [] : [`hint: ${hint}`]),
  ];
}
