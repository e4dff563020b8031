/** What the live table shows of one server: a row, and below it why it is not ready. */

import { DEFAULTS, type Fault, type ServerInfo } from '../index.ts';
import type { Colours } from './colour.ts';
import { showAge, showDelay } from './duration.ts';
import { describeBriefly } from './event-story.ts';
import { faultHint } from './fault-hint.ts';
import { showLine } from './showable.ts';
import { paintOf, placeOf, type ShownState, STATE_COLUMNS, shownState, signOf } from './shown-state.ts';
import { cut, fit, widest } from './width.ts';

/** One server, and since when it is in its state. */
export interface ServerRow {
  readonly info: ServerInfo;
  readonly sinceMs: number | undefined;
  /** Shown below the row in place of the fault alone. */
  readonly explanation?: string | undefined;
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

/** A column of the table. The last one, which says what is next and where the server is, takes what is left. */
interface Column {
  readonly heading: string;
  readonly columns: number;
  readonly side: 'left' | 'right';
  /** Narrower terminals do without it. */
  readonly fromColumns: number;
}

const COLUMNS: readonly Column[] = [
  { heading: 'VIA', columns: 5, side: 'left', fromColumns: 72 },
  { heading: 'STATE', columns: STATE_COLUMNS, side: 'left', fromColumns: 0 },
  { heading: 'EPOCH', columns: 5, side: 'right', fromColumns: 64 },
  { heading: 'TOOLS', columns: 5, side: 'right', fromColumns: 56 },
  { heading: 'SINCE', columns: 6, side: 'right', fromColumns: 48 },
];

/** From this width on there is room to say everything about a server in its row. */
const WIDE_COLUMNS = 100;
const SIGN_COLUMNS = 2;
const INDENT = '    ';

/** Lay out the heading of the table. */
export function headingOf(layout: TableLayout): string {
  const headings = COLUMNS.map(({ heading }) => heading);
  return layout.colours.dim(`  ${rowOf('SERVER', headings, '', layout)}`.trimEnd());
}

/** Lay out one server. Every line fits the columns; texts of others are made safe. */
export function blockOf({ info, sinceMs, explanation }: ServerRow, layout: TableLayout): ServerBlock {
  const { colours, columns, nowMs } = layout;
  const state = shownState(info);
  const paint = paintOf(state, info.cause, colours);
  const word = state === 'closed' && info.cause === undefined ? 'closing' : state;
  const tools = info.epoch === 0 || (info.tools.length === 0 && state !== 'ready') ? '-' : String(info.tools.length);
  const since = sinceMs === undefined ? '' : showAge(nowMs - sinceMs);
  const epoch = info.epoch === 0 ? '-' : String(info.epoch);
  const cells = [colours.dim(viaOf(info)), paint(word), epoch, tools, since];
  const row = rowOf(showLine(info.name), cells, detailOf(info, state, layout), layout);
  const why = info.cause === undefined ? [] : explain(info.cause, state);
  // The first line says the state, which the row says already.
  const atLength =
    explanation === undefined ? undefined : [...hintsOf(info.cause, state), ...explanation.split('\n').slice(1)];
  const below = state === 'ready' ? [] : (atLength ?? why);
  const paintBelow = state === 'closed' || state === 'parked' ? colours.red : colours.dim;
  return {
    state,
    row: `${paint(signOf(state))} ${row}`.trimEnd(),
    below: below.map((line) => setIn(line, columns, paintBelow)),
  };
}

/** A line below the row, as far in as its own spaces say. */
function setIn(line: string, columns: number, paint: (text: string) => string): string {
  const indent = `${INDENT}${/^ */.exec(line)?.[0] ?? ''}`;
  return `${indent}${paint(cut(showLine(line), columns - indent.length))}`;
}

/** Put cells side by side; those may be coloured, name and detail may be too long. */
function rowOf(name: string, cells: readonly string[], detail: string, layout: TableLayout): string {
  const gap = gapOf(layout);
  const fitted = COLUMNS.flatMap(({ columns, side, fromColumns }, index) =>
    layout.columns < fromColumns ? [] : [fit(cells[index] ?? '', columns, side)],
  );
  const lead = [layout.colours.bold(fit(name, layout.nameColumns)), ...fitted].join(gap);
  const room = layout.columns - SIGN_COLUMNS - widest([lead]) - gap.length;
  return `${lead}${gap}${cut(detail, room)}`;
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
  return isWide ? `${plan} · ${place}` : plan;
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
    case 'held':
      return 'waits for the network';
    case 'parked':
      return `tried every ${showDelay(info.config.parkedProbeMs ?? DEFAULTS.parkedProbeMs)}`;
    case 'closed':
      return info.cause === undefined ? undefined : 'given up';
    case 'ready':
      return undefined;
  }
}

function explain(cause: Fault, state: ShownState): string[] {
  const stderr = cause.kind === 'process-exited' ? cause.stderr.at(-1) : undefined;
  return [describeBriefly(cause), ...(stderr === undefined ? [] : [`stderr: ${stderr}`]), ...hintsOf(cause, state)];
}

function hintsOf(cause: Fault | undefined, state: ShownState): string[] {
  const hint = cause !== undefined && (state === 'closed' || state === 'parked') ? faultHint(cause) : undefined;
  return hint === undefined ? [] : [`hint: ${hint}`];
}
