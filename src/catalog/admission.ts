/** Waits for a server that was just added or replaced: until it is ready, or until it is clear that it will not be. */

import { describeSituation, quoteStderr, type Situation } from '../call/situation.ts';
import type { Clock } from '../clock.ts';
import type { StateChange } from '../connection/state-change.ts';
import { AuthorizationRequiredError, ConnectionError, SupervisorError } from '../errors.ts';
import { describeFault, type Fault } from '../fault.ts';
import type { Revision } from '../opening/revision.ts';
import type { Directory } from './directory.ts';
import type { ServerEntry } from './server-entry.ts';
import type { ServerInfo } from './server-info.ts';
import type { Staging } from './staging.ts';
import { type Verdict, waitUntil } from './waiting.ts';

/** How long an admission may take. */
export interface AdmissionOptions {
  readonly clock: Clock;
  readonly startTimeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  /** What was true before it was tried again, and says nothing of that. */
  readonly after?: StateChange | undefined;
}

/** What is waited for, at one moment. */
interface Subject {
  readonly revision: Revision;
  readonly epoch: number | undefined;
  readonly situation: Situation;
}

/** Resolve when the server is ready. Rejects with `ConnectionError` at once when waiting longer cannot help. */
export function admitted(directory: Directory, server: string, options: AdmissionOptions): Promise<ServerInfo> {
  const entry = directory.require(server);
  const { revision } = entry;
  const look = (): Verdict<ServerInfo> => {
    assertKept(directory, server, entry);
    return entry.revision === revision ? judge(directory, entry, options.after) : superseded(server);
  };
  // One that is waited for may be lost meanwhile.
  const servers = [server, ...revision.plan.dependsOn];
  return waitUntil(directory, look, {
    ...options,
    servers,
    ...bound(server, options, () => present(directory, entry)),
  });
}

/**
 * Resolve when the server is ready with a configuration that was staged. Rejects with `ConnectionError` at once when
 * waiting longer cannot help, and with `REPLACEMENT_SUPERSEDED` when another one was staged after it.
 */
export function installed(directory: Directory, staging: Staging, options: AdmissionOptions): Promise<ServerInfo> {
  const { revision } = staging;
  const { name: server, dependsOn } = revision.plan;
  const entry = directory.require(server);
  const coming = (): Subject => ({
    revision,
    epoch: staging.epoch,
    situation: staging.situation(dependsOn.filter((name) => directory.get(name)?.state !== 'ready')),
  });
  const look = (): Verdict<ServerInfo> => {
    assertKept(directory, server, entry);
    switch (staging.status) {
      case 'staged':
        return waitForNeeds(directory, server, dependsOn, coming);
      case 'failed':
        return failed(server, coming());
      case 'superseded':
        return superseded(server);
      case 'in-force':
        return entry.revision === revision ? judge(directory, entry) : superseded(server);
    }
  };
  const subject = () => (staging.status === 'in-force' ? present(directory, entry) : coming());
  const servers = [server, ...dependsOn];
  return waitUntil(directory, look, { ...options, servers, ...bound(server, options, subject) });
}

function judge(directory: Directory, entry: ServerEntry, after?: StateChange): Verdict<ServerInfo> {
  const { lastChange: change, plan } = entry;
  if (change !== undefined && change === after) return { kind: 'wait' };
  if (change === undefined) return waitForNeeds(directory, plan.name, plan.dependsOn, () => present(directory, entry));
  if (change.to === 'closed' || change.parked) return failed(plan.name, present(directory, entry), change.cause);
  const info = change.to === 'ready' ? directory.info(plan.name) : undefined;
  return info === undefined ? { kind: 'wait' } : { kind: 'done', value: info };
}

function present(directory: Directory, entry: ServerEntry): Subject {
  const isIdle = entry.lastChange === undefined;
  const waitingFor = entry.plan.dependsOn.filter((name) => isIdle && directory.get(name)?.state !== 'ready');
  return { revision: entry.revision, epoch: entry.lastChange?.epoch, situation: entry.situation(waitingFor) };
}

function waitForNeeds(
  directory: Directory,
  server: string,
  needed: readonly string[],
  subject: () => Subject,
): Verdict<never> {
  const lost = needed.find((name) => directory.get(name) === undefined);
  return lost === undefined ? { kind: 'wait' } : failed(server, subject(), { kind: 'dependency-lost', server: lost });
}

function assertKept(directory: Directory, server: string, entry: ServerEntry): void {
  if (directory.get(server) === entry) return;
  throw new ConnectionError('SERVER_REMOVED', `'${server}' was removed before it was ready`, { server });
}

function failed(server: string, subject: Subject, fault: Fault | undefined = subject.situation.fault): never {
  const { revision, epoch, situation } = subject;
  const { state, retryInMs, stderr } = situation;
  const message = `'${server}' could not be connected`;
  const why = fault === undefined ? undefined : { why: `${describeFault(fault)}${quoteStderr({ fault, stderr })}` };
  const details = { server, epoch, fault, state, retryInMs, ...why };
  if (fault?.kind === 'auth-required') {
    throw new AuthorizationRequiredError(message, details, revision.authorizer?.pendingUrl);
  }
  throw new ConnectionError('CONNECT_FAILED', message, details);
}

function superseded(server: string): never {
  throw new SupervisorError('REPLACEMENT_SUPERSEDED', `'${server}' was replaced once more`, { server });
}

function bound(server: string, { startTimeoutMs }: AdmissionOptions, subject: () => Subject) {
  const message = `'${server}' was not ready within ${startTimeoutMs} ms`;
  return {
    timeoutMs: startTimeoutMs,
    late: () => {
      const { epoch, situation } = subject();
      const { fault, state, retryInMs } = situation;
      const why = `it ${describeSituation(server, situation)}`;
      return new ConnectionError('START_TIMEOUT', message, { server, epoch, fault, state, retryInMs, why });
    },
  };
}
