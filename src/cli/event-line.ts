/** Says an event in one line: for a pipe complete and dated, for the log above the live table short. */

import { describeFault, type RuntimeEvent, type StateChange } from '../index.ts';
import type { Colours } from './colour.ts';
import { showDelay } from './duration.ts';
import { showLine } from './showable.ts';
import { paintOf, type ShownState, STATE_COLUMNS, shownState, signOf } from './shown-state.ts';
import { cut, fit } from './width.ts';

/** How the live log is laid out. */
export interface LogLayout {
  readonly colours: Colours;
  readonly columns: number;
  readonly nameColumns: number;
}

/** Say an event in one plain line. */
export function plainLine(event: RuntimeEvent): string {
  const { title, detail } = tell(event);
  const what = event.type === 'state.changed' ? `${event.from} -> ${title}` : title;
  const where = event.server === undefined ? 'mcp-supervisor' : showLine(event.server);
  const time = new Date(event.atMs).toISOString();
  return `${time} ${where} ${what}${detail === '' ? '' : `: ${showLine(detail)}`}`;
}

/** Say an event in one line of the live log, cut to the terminal. */
export function logLine(event: RuntimeEvent, { colours, columns, nameColumns }: LogLayout): string {
  const { title, detail } = tell(event);
  const state = event.type === 'state.changed' ? shownState({ state: event.to, parked: event.parked }) : undefined;
  const paint = paintOfEvent(event, state, colours);
  const time = new Date(event.atMs).toTimeString().slice(0, 8);
  const name = fit(showLine(event.server ?? ''), nameColumns);
  const lead = `${colours.dim(time)} ${paint(state === undefined ? '!' : signOf(state))} ${name}  ${paint(fit(title, STATE_COLUMNS))}`;
  const leadColumns = `00:00:00 ! ${' '.repeat(nameColumns)}  `.length + STATE_COLUMNS;
  return `${lead}  ${cut(showLine(detail), columns - leadColumns - 2)}`;
}

interface Story {
  readonly title: string;
  readonly detail: string;
}

function tell(event: RuntimeEvent): Story {
  switch (event.type) {
    case 'state.changed':
      return { title: shownState({ state: event.to, parked: event.parked }), detail: whyChanged(event) };
    case 'server.added':
      return { title: 'added', detail: '' };
    case 'server.removed':
      return { title: 'removed', detail: 'nothing of it is left' };
    case 'server.restarted':
      return { title: 'restarted', detail: `${describeFault(event.cause)} (restart ${event.restarts})` };
    case 'server.escalated':
      return { title: 'escalated', detail: `it crashed too often: ${describeFault(event.cause)}` };
    case 'heartbeat.missed':
      return { title: 'suspect', detail: `missed ${counted(event.missed, 'heartbeat')}` };
    case 'release.failed': {
      const how = event.reason === 'timed-out' ? 'took too long' : 'failed';
      return { title: 'forced', detail: `releasing its ${event.resource} ${how}, so it was ended by force` };
    }
    case 'catalog.changed':
      return {
        title: 'tools changed',
        detail: [...signed('+', event.added), ...signed('-', event.removed), ...signed('~', event.changed)].join(' '),
      };
    case 'call.retried':
      return {
        title: 'call retried',
        detail: `${event.method} (${event.outcome}), again in ${showDelay(event.delayMs)}`,
      };
    case 'listener.failed':
      return { title: 'listener failed', detail: `${event.error} on ${event.event}` };
    case 'events.dropped':
      return { title: 'events dropped', detail: `${event.count}` };
  }
}

function whyChanged({ to, attempt, epoch, cause, retryInMs, parked }: StateChange): string {
  // That it was closed is what the state says.
  const why = cause === undefined || cause.kind === 'closed' ? '' : describeFault(cause);
  if (to === 'connecting') return attempt > 1 ? `epoch ${epoch}, attempt ${attempt}` : `epoch ${epoch}`;
  if (to === 'initializing' || to === 'ready') return `epoch ${epoch}`;
  const next = retryInMs === undefined || parked ? [] : [`next try in ${showDelay(retryInMs)}`];
  return [...next, ...(why === '' ? [] : [why])].join('; ');
}

function paintOfEvent(event: RuntimeEvent, state: ShownState | undefined, colours: Colours): (text: string) => string {
  if (event.type === 'state.changed' && state !== undefined) return paintOf(state, event.cause, colours);
  return event.type === 'server.removed' ? colours.dim : colours.yellow;
}

function signed(sign: string, names: readonly string[]): string[] {
  return names.map((name) => `${sign}${name}`);
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
