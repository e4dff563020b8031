/**
 * Why a server is in the state it is in: the chain of its last faults, what is being done about it, and what is left
 * to spend; as data and as text. It only reads.
 */

import type { SupervisionPlan } from '../config/effective.ts';
import type { ConnectionState } from '../connection-state.ts';
import { describeExit, describeFault, type Fault } from '../fault.ts';
import type { Era } from '../link/link.ts';
import type { ServerInfo } from './server-info.ts';

/** A fault in the history of a server. */
export interface FaultRecord {
  /** When, in milliseconds since the Unix epoch. */
  readonly atMs: number;
  /** The life of the connection that it ended. */
  readonly epoch: number;
  readonly fault: Fault;
}

/** Why a server is in the state it is in. */
export interface Explanation {
  readonly server: string;
  readonly state: ConnectionState;
  /** It waits for an event, such as `retryServer`, and is only probed now and then. */
  readonly parked: boolean;
  /** It waits for the network to come back, and is only probed now and then. */
  readonly held: boolean;
  readonly epoch: number;
  /** Attempts since a life that proved its service ended. */
  readonly attempt: number;
  /** The handshake and the revision spoken, while it is ready. */
  readonly era: Era | undefined;
  readonly protocolVersion: string | undefined;
  /** How long ago anything of it was heard, in milliseconds. */
  readonly silentMs: number | undefined;
  /** Its last faults, oldest first, at most ten. */
  readonly faults: readonly FaultRecord[];
  /** When the next attempt or probe is due, in milliseconds since the Unix epoch. */
  readonly nextAttemptAtMs: number | undefined;
  /** Servers it waits for before its first life. */
  readonly waitingFor: readonly string[];
  readonly budgets: {
    /** Attempts without proven service before it is parked. */
    readonly attemptsLeft: number;
    /** Lives it may lose before it is parked. */
    readonly lossesLeft: number;
    /** Restarts after crashes before it is parked. */
    readonly restartsLeft: number;
    /** Calls that may still join the queue. */
    readonly queueLeft: number;
  };
  readonly calls: {
    readonly queued: number;
    readonly inFlight: number;
    /** Age of the oldest call that is not answered, in milliseconds. */
    readonly oldestMs: number | undefined;
  };
  /** stdio: the process while there is one, and how the last one ended. */
  readonly pid: number | undefined;
  readonly lastExit: { readonly exitCode: number | null; readonly signal: string | null } | undefined;
  /** HTTP: the last status that was a fault. */
  readonly lastStatus: number | undefined;
  /** stdio: the last lines of stderr, scrubbed and bounded. */
  readonly stderr: readonly string[];
  /** All of it for a person, several lines. */
  readonly text: string;
}

/** What an explanation is made of. */
export interface ExplanationSource {
  readonly info: ServerInfo;
  readonly plan: SupervisionPlan;
  readonly faults: readonly FaultRecord[];
  readonly restarts: number;
  /** Of the process that runs, or of the last one. */
  readonly stderr: readonly string[];
  readonly oldestCallMs: number | undefined;
  readonly silentMs: number | undefined;
  readonly nowMs: number;
}

/** Explain a server. */
export function explain(source: ExplanationSource): Explanation {
  const { info, plan, faults, restarts, stderr, oldestCallMs, silentMs, nowMs } = source;
  const exits = faults.map(({ fault }) => fault).filter((fault) => fault.kind === 'process-exited');
  const lastExit = exits.at(-1);
  const statuses = faults.flatMap(({ fault }) => ('status' in fault ? [fault.status] : []));
  const data: Omit<Explanation, 'text'> = {
    server: info.name,
    state: info.state,
    parked: info.parked,
    held: info.held,
    epoch: info.epoch,
    attempt: info.attempt,
    era: info.era,
    protocolVersion: info.protocolVersion,
    silentMs,
    faults,
    nextAttemptAtMs: info.retryAtMs,
    waitingFor: info.waitingFor,
    budgets: {
      attemptsLeft: Math.max(0, plan.parkAfterAttempts - info.attempt),
      lossesLeft: Math.max(0, plan.parkAfterAttempts - info.losses),
      restartsLeft: Math.max(0, plan.maxRestarts - restarts),
      queueLeft: Math.max(0, plan.maxQueued - info.queued),
    },
    calls: { queued: info.queued, inFlight: info.inFlight, oldestMs: oldestCallMs },
    pid: info.pid,
    lastExit: lastExit === undefined ? undefined : { exitCode: lastExit.exitCode, signal: lastExit.signal },
    lastStatus: statuses.at(-1),
    stderr: stderr.length > 0 ? stderr : (lastExit?.stderr ?? []),
  };
  return { ...data, text: describe(data, nowMs) };
}

function describe(data: Omit<Explanation, 'text'>, nowMs: number): string {
  const ago = (atMs: number) => `${seconds(nowMs - atMs)} ago`;
  const faults = data.faults.map(({ atMs, epoch, fault }) => `  ${ago(atMs)}, epoch ${epoch}: ${describeFault(fault)}`);
  return [
    `${data.server} is ${data.state}${data.parked ? ', parked' : ''}${data.held ? ', held' : ''} (epoch ${data.epoch}, attempt ${data.attempt}${spoken(data)})`,
    ...nextStep(data, nowMs),
    ...(faults.length === 0 ? ['nothing went wrong so far'] : ['what went wrong, oldest first:', ...faults]),
    `calls: ${data.calls.inFlight} under way, ${data.calls.queued} waiting, room for ${data.budgets.queueLeft} more${oldest(data)}`,
    `budgets: ${data.budgets.attemptsLeft} attempts or ${data.budgets.lossesLeft} lives before it is parked, ${data.budgets.restartsLeft} restarts after crashes`,
    ...(data.pid === undefined ? [] : [`process: ${data.pid}`]),
    ...(data.lastExit === undefined ? [] : [`last exit: ${describeExit(data.lastExit)}`]),
    ...(data.lastStatus === undefined ? [] : [`last status that was a fault: HTTP ${data.lastStatus}`]),
    ...(data.silentMs === undefined ? [] : [`last heard ${seconds(data.silentMs)} ago`]),
    ...(data.stderr.length === 0 ? [] : ['stderr, last lines:', ...data.stderr.map((line) => `  ${line}`)]),
  ].join('\n');
}

function spoken({ era, protocolVersion }: Omit<Explanation, 'text'>): string {
  return era === undefined ? '' : `, revision ${protocolVersion} by ${era}`;
}

function oldest({ calls }: Omit<Explanation, 'text'>): string {
  return calls.oldestMs === undefined ? '' : `; the oldest was made ${seconds(calls.oldestMs)} ago`;
}

function nextStep(data: Omit<Explanation, 'text'>, nowMs: number): string[] {
  const { state, parked, held, waitingFor, nextAttemptAtMs } = data;
  if (waitingFor.length > 0) return [`it waits for ${waitingFor.join(', ')} to be ready`];
  if (state === 'closed') return ['it will not try again by itself; retryServer starts an attempt'];
  if (state !== 'reconnecting' || nextAttemptAtMs === undefined) return [];
  if (parked && data.faults.at(-1)?.fault.kind === 'auth-required') {
    return ['it waits for a person to authorize this client; authorize goes on'];
  }
  const due = `in ${seconds(Math.max(0, nextAttemptAtMs - nowMs))}`;
  if (held) return [`it waits for the network, and is probed ${due}; retryServer starts an attempt now`];
  return [parked ? `it is probed ${due}; retryServer starts an attempt now` : `next attempt ${due}`];
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
