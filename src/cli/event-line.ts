/** An event as one line: for a pipe complete and dated, for the log above the live table coloured and cut. */

import type { RuntimeEvent } from '../index.ts';
import type { Colours } from './colour.ts';
import { tellEvent } from './event-story.ts';
import { showLine } from './showable.ts';
import { paintOf, STATE_COLUMNS, shownState, signOf } from './shown-state.ts';
import { cut, fit, widest } from './width.ts';

/** How the live log is laid out. */
export interface LogLayout {
  readonly colours: Colours;
  readonly columns: number;
  readonly nameColumns: number;
}

/** Say an event in one plain line. */
export function plainLine(event: RuntimeEvent): string {
  const { title, details } = tellEvent(event);
  const what = event.type === 'state.changed' ? `${event.from} -> ${title}` : title;
  const where = event.server === undefined ? 'mcp-supervisor' : showLine(event.server);
  const time = new Date(event.atMs).toISOString();
  return `${time} ${where} ${what}${details[0] === '' ? '' : `: ${showLine(details[0])}`}`;
}

/** Say an event in one line of the live log, cut to the terminal. */
export function logLine(event: RuntimeEvent, { colours, columns, nameColumns }: LogLayout): string {
  const { title, details } = tellEvent(event);
  const { sign, paint } = looksOf(event, colours);
  const time = new Date(event.atMs).toTimeString().slice(0, 8);
  const name = fit(showLine(event.server ?? ''), nameColumns);
  const leadColumns = `${time} ${sign} `.length + nameColumns + 2 + STATE_COLUMNS + 2;
  const room = columns - leadColumns;
  const safe = details.map((detail) => showLine(detail));
  const detail = safe.find((text) => widest([text]) <= room) ?? cut(safe.at(-1) ?? '', room);
  return `${colours.dim(time)} ${paint(sign)} ${name}  ${paint(fit(title, STATE_COLUMNS))}  ${detail}`;
}

function looksOf(event: RuntimeEvent, colours: Colours): { sign: string; paint: (text: string) => string } {
  if (event.type === 'server.removed') return { sign: '○', paint: colours.dim };
  if (event.type !== 'state.changed') return { sign: '!', paint: colours.yellow };
  const state = shownState({ state: event.to, parked: event.parked, held: event.held });
  const isOnTheWay = state === 'connecting' || state === 'initializing';
  return { sign: signOf(state), paint: isOnTheWay ? colours.dim : paintOf(state, event.cause, colours) };
}
