/**
 * Hears what connections report, past the mailbox of their supervisor: it makes each report known as what the
 * connection is to its server, and tells the supervisor of a change only where it has something to decide.
 */

import type { Lives } from '../connection/lives.ts';
import type { ConnectionReport } from '../connection/state-change.ts';
import { type Child, childById } from './child.ts';
import type { SupervisorEvent } from './events.ts';
import type { SupervisorReport } from './report.ts';

/** What hearing a report is about. */
export interface HearingContext {
  readonly lives: Lives;
  /** As the supervisor remembers them now. */
  readonly children: () => readonly Child[];
  /** Told of every report, in the turn in which it happens. Must not throw. */
  readonly report: (report: SupervisorReport) => void;
  /** Tell the supervisor. */
  readonly send: (event: SupervisorEvent) => void;
}

/** Hear a report of the connection whose actor has that id. */
export function hear(connection: string, report: ConnectionReport, context: HearingContext): void {
  const { lives, send } = context;
  const children = context.children();
  const child = childById(children, connection);
  if (child === undefined || report.type !== 'state.changed') return context.report(report);
  lives.note(connection, { state: report.to, epoch: report.epoch });
  if (child.role === 'incumbent') context.report(report);
  if (child.role === 'candidate') context.report({ ...report, type: 'replacement.changed' });
  const isJudged = child.role === 'candidate' && child.phase === 'running';
  const isAwaited = report.to === 'ready' && children.some(({ phase }) => phase === 'waiting');
  if (isJudged || isAwaited) send({ type: 'connection.changed', connection, change: report });
}
