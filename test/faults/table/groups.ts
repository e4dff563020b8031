/** The table of faults, by group. */

import { AUTHORIZATION } from './authorization.ts';
import { CHANNEL } from './channel.ts';
import { CLOSING } from './closing.ts';
import { FRAMING } from './framing.ts';
import { HOST } from './host.ts';
import { OPENING } from './opening.ts';
import { OVERLOAD } from './overload.ts';
import { PROCESS } from './process.ts';
import { REPLY } from './reply.ts';
import type { FaultRow } from './row.ts';
import { SESSION } from './session.ts';
import { SILENCE } from './silence.ts';
import { SOCKET } from './socket.ts';
import { STARTUP } from './startup.ts';
import { WRAPPER } from './wrapper.ts';

/** Rows that belong together, under one heading. */
export interface FaultGroup {
  readonly title: string;
  readonly rows: readonly FaultRow[];
}

/** The table. Each group that is played has a test file of its name. */
export const GROUPS = {
  process: { title: 'The process of the server', rows: PROCESS },
  wrapper: { title: 'Launchers, pipes and grandchildren', rows: WRAPPER },
  startup: { title: 'Start and handshake', rows: STARTUP },
  opening: { title: 'Opening over HTTP', rows: OPENING },
  framing: { title: 'What stands where messages are expected', rows: FRAMING },
  reply: { title: 'One reply', rows: REPLY },
  session: { title: 'Sessions and streams', rows: SESSION },
  authorization: { title: 'Authorization', rows: AUTHORIZATION },
  socket: { title: 'Sockets', rows: SOCKET },
  overload: { title: 'Too much', rows: OVERLOAD },
  silence: { title: 'Silence and refusal', rows: SILENCE },
  channel: { title: 'A server in the same process', rows: CHANNEL },
  closing: { title: 'Closing', rows: CLOSING },
  host: { title: 'The host, its network, and many servers', rows: HOST },
} as const satisfies Record<string, FaultGroup>;

export type GroupName = keyof typeof GROUPS;
