/**
 * Books every call: one line when it is made, one when it ends, in a file, so that the memory of a long run stays flat.
 * Notices at once what no later look can see: a reply that belongs to another call, an end that came too late, an
 * error of the wrong kind, a promise that settled twice.
 */

import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { CallError, type Outcome, SupervisorError } from '../../src/index.ts';
import { scratchFile } from '../../src/testing/scratch.ts';

/** How a call ended: with its value, with a typed outcome, or for a server that was not there. */
export type Ending = 'resolved' | Outcome | 'no-server';

/** One call that ended. */
export interface BookedCall {
  readonly id: string;
  readonly server: string;
  readonly tool: string;
  readonly ending: Ending;
  readonly code: string;
  /** Whether its caller allowed to carry it out more than once. */
  readonly isRepeatable: boolean;
  readonly elapsedMs: number;
}

/** What a call is, when it is made. */
export interface CallMade {
  readonly id: string;
  readonly server: string;
  readonly tool: string;
  readonly timeoutMs: number;
  readonly isRepeatable: boolean;
  /** What it must resolve with. */
  readonly expected: string;
  /** Whether its server was taken away on purpose while it was under way. */
  readonly mayBeGone: () => boolean;
}

/** How much later than its deadline a call may end. A machine under load, or a pause of the collector, takes its time. */
export const LATENESS_MS = 2_000;

/** Codes of a server that is not there: an answer only while it was taken away, for no fault here is incurable. */
const GONE: ReadonlySet<string> = new Set(['SERVER_UNKNOWN', 'SERVER_REMOVED', 'SERVER_CLOSED', 'SUPERVISOR_CLOSED']);

/** The book of one run. */
export class Ledger {
  /** What was wrong, as it was noticed. */
  readonly complaints: string[] = [];
  readonly #file = scratchFile('calls.jsonl');
  readonly #open = new Map<string, CallMade>();
  #madeCount = 0;

  constructor() {
    writeFileSync(this.#file, '');
  }

  get madeCount(): number {
    return this.#madeCount;
  }

  /** Calls that have not ended. */
  get openCount(): number {
    return this.#open.size;
  }

  openCalls(): CallMade[] {
    return [...this.#open.values()];
  }

  /** Follow one call to its end. Never rejects. */
  async follow(call: CallMade, promise: Promise<string>): Promise<void> {
    this.#madeCount += 1;
    this.#open.set(call.id, call);
    const startedMs = performance.now();
    let ended: { readonly ending: Ending; readonly code: string };
    try {
      const text = await promise;
      ended = { ending: 'resolved', code: 'OK' };
      if (text !== call.expected) this.#complain(call, `resolved with '${text.slice(0, 80)}'`);
    } catch (error) {
      ended = this.#judge(call, error);
    }
    const elapsedMs = performance.now() - startedMs;
    if (elapsedMs > call.timeoutMs + LATENESS_MS) this.#complain(call, `ended after ${Math.round(elapsedMs)} ms`);
    if (!this.#open.delete(call.id)) this.#complain(call, 'ended twice');
    const { id, server, tool, isRepeatable } = call;
    const booked: BookedCall = { id, server, tool, isRepeatable, ...ended, elapsedMs: Math.round(elapsedMs) };
    appendFileSync(this.#file, `${JSON.stringify(booked)}\n`);
  }

  /** Every call that ended, in order. */
  calls(): BookedCall[] {
    const lines = readFileSync(this.#file, 'utf8').split('\n').slice(0, -1);
    return lines.map((line) => JSON.parse(line) as BookedCall);
  }

  #judge(call: CallMade, error: unknown): { ending: Ending; code: string } {
    if (GONE.has((error as SupervisorError).code) && !call.mayBeGone()) this.#complain(call, String(error));
    if (error instanceof CallError) return { ending: error.outcome, code: error.code };
    if (error instanceof SupervisorError && error.code === 'SERVER_UNKNOWN') {
      return { ending: 'no-server', code: error.code };
    }
    this.#complain(call, `failed with ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    return { ending: 'unknown', code: 'UNTYPED' };
  }

  #complain({ id, server, tool, timeoutMs }: CallMade, what: string): void {
    this.complaints.push(`call ${id} (${tool} on ${server}, ${timeoutMs} ms): ${what}`);
  }
}
