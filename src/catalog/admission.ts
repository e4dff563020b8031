/** Waits for a server that was just added: until it is ready, or until it is clear that it will not be. */

import { describeSituation, quoteStderr } from '../call/situation.ts';
import type { Clock } from '../clock.ts';
import { ConnectionError } from '../errors.ts';
import { describeFault, type Fault } from '../fault.ts';
import type { Directory } from './directory.ts';
import type { ServerInfo } from './server-info.ts';
import { type Verdict, waitUntil } from './waiting.ts';

/** How long an admission may take. */
export interface AdmissionOptions {
  readonly clock: Clock;
  readonly startTimeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** Resolve when the server is ready. Rejects with `ConnectionError` at once when waiting longer cannot help. */
export function admitted(directory: Directory, server: string, options: AdmissionOptions): Promise<ServerInfo> {
  const entry = directory.require(server);
  const { revision } = entry;
  const fail = (fault: Fault | undefined): never => {
    const { state, retryInMs, stderr } = entry.situation();
    const details = { server, epoch: entry.lastChange?.epoch, fault, state, retryInMs };
    const why = fault === undefined ? undefined : `${describeFault(fault)}${quoteStderr({ fault, stderr })}`;
    throw new ConnectionError('CONNECT_FAILED', `'${server}' could not be connected`, {
      ...details,
      ...(why === undefined ? undefined : { why }),
    });
  };
  const look = (): Verdict<ServerInfo> => {
    if (directory.get(server) !== entry || entry.revision !== revision) {
      throw new ConnectionError('SERVER_REMOVED', `'${server}' was removed before it was ready`, { server });
    }
    const change = entry.lastChange;
    if (change === undefined) {
      const lost = entry.plan.dependsOn.find((name) => directory.get(name) === undefined);
      return lost === undefined ? { kind: 'wait' } : fail({ kind: 'dependency-lost', server: lost });
    }
    if (change.to === 'closed' || change.parked) return fail(change.cause);
    const info = change.to === 'ready' ? directory.info(server) : undefined;
    return info === undefined ? { kind: 'wait' } : { kind: 'done', value: info };
  };
  const late = () => {
    const { startTimeoutMs } = options;
    const message = `'${server}' was not ready within ${startTimeoutMs} ms`;
    const isIdle = entry.lastChange === undefined;
    const waitingFor = entry.plan.dependsOn.filter((name) => isIdle && directory.get(name)?.state !== 'ready');
    const situation = entry.situation(waitingFor);
    const { fault, state, retryInMs } = situation;
    const details = { server, epoch: entry.lastChange?.epoch, fault, state, retryInMs };
    return new ConnectionError('START_TIMEOUT', message, {
      ...details,
      why: `it ${describeSituation(server, situation)}`,
    });
  };
  return waitUntil(directory, look, { ...options, timeoutMs: options.startTimeoutMs, late });
}
