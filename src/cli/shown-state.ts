/** The states as a person is shown them: a word, a sign and a colour, which all say the same. */

import type { ConnectionState, Fault, ServerInfo } from '../index.ts';
import type { Colours } from './colour.ts';

/** The states of the library, and three that a person wants to tell from them. */
export type ShownState = ConnectionState | 'parked' | 'held' | 'waiting';

/** What is needed to name a state. */
export interface StateFacts {
  readonly state: ConnectionState;
  readonly parked?: boolean | undefined;
  readonly held?: boolean | undefined;
  readonly waitingFor?: readonly string[] | undefined;
}

const SIGNS: Readonly<Record<ShownState, string>> = {
  waiting: '·',
  connecting: '◌',
  initializing: '◔',
  ready: '●',
  reconnecting: '↻',
  parked: '■',
  held: '‖',
  closed: '✗',
};

/** Columns of the longest state. */
export const STATE_COLUMNS = 'initializing'.length;

/** Name the state of a server. */
export function shownState({ state, parked = false, held = false, waitingFor = [] }: StateFacts): ShownState {
  if (waitingFor.length > 0) return 'waiting';
  if (held) return 'held';
  return parked ? 'parked' : state;
}

/** The sign of a state, one column wide. */
export function signOf(state: ShownState): string {
  return SIGNS[state];
}

/** Choose the colour of a state; a server that was asked to close is no reason for alarm. */
export function paintOf(state: ShownState, cause: Fault | undefined, colours: Colours): (text: string) => string {
  switch (state) {
    case 'ready':
      return colours.green;
    case 'connecting':
    case 'initializing':
      return colours.cyan;
    case 'reconnecting':
    case 'held':
      return colours.yellow;
    case 'parked':
      return colours.red;
    case 'closed':
      return cause === undefined ? colours.dim : colours.red;
    case 'waiting':
      return colours.dim;
  }
}

/** Say where a server is in as few columns as the reader has. The endpoint holds no secret. */
export function placeOf({ endpoint, pid }: Pick<ServerInfo, 'endpoint' | 'pid'>, isWide: boolean): string {
  if (pid === undefined) return isWide ? endpoint : endpoint.replace(/^http:\/\//, '');
  return isWide ? `pid ${pid} · ${endpoint}` : `pid ${pid}`;
}
