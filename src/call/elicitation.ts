/**
 * Lets a server ask a person, through the handler of the host. The handler can harm nothing: whatever it does, the
 * server gets an answer, in time. While it runs, the deadlines of the server's calls stand still.
 */

import type { ElicitRequestFormParams, ElicitRequestURLParams, ElicitResult } from '@modelcontextprotocol/sdk/types.js';
import type { Clock } from '../clock.ts';
import { withDeadline } from '../policy/deadline.ts';
import { withDefaults } from './elicitation-defaults.ts';
import type { Standstill } from './standstill.ts';

/** What a server asks a person: a form to fill in (`requestedSchema`), or a page to visit (`mode: 'url'`). Untrusted. */
export type ElicitationRequest = ElicitRequestFormParams | ElicitRequestURLParams;

/** What the person answers: `accept` with the content of the form, `decline`, or `cancel` for no answer. */
export type ElicitationResult = ElicitResult;

/** Who asks, and until when. */
export interface ElicitationContext {
  readonly server: string;
  /** Aborted when nobody waits for the answer any more: the epoch ended, the server cancelled, or it took too long. */
  readonly signal: AbortSignal;
}

/** Asks a person. What it throws is answered with `cancel`. */
export type ElicitationHandler = (
  request: ElicitationRequest,
  context: ElicitationContext,
) => ElicitationResult | Promise<ElicitationResult>;

/** A server was answered `cancel` in the place of a person, because the handler gave no answer. */
export interface ElicitationFailed {
  readonly type: 'elicitation.failed';
  readonly server: string;
  readonly epoch: number;
  readonly atMs: number;
  /** `flooded`: too many questions of the server waited already. `invalid`: the answer had no valid shape. */
  readonly reason: 'threw' | 'timed-out' | 'invalid' | 'flooded';
}

/** Who asks. */
export interface Asker {
  readonly server: string;
  readonly epoch: number;
  readonly standstill: Standstill;
  /** Its questions that may wait at once. */
  readonly maxWaiting: number;
}

/** What elicitation needs. */
export interface ElicitationSetup {
  readonly clock: Clock;
  readonly handler: ElicitationHandler;
  readonly timeoutMs: number;
  /** Must not throw. */
  readonly failed: (event: ElicitationFailed) => void;
}

const CANCEL: ElicitationResult = { action: 'cancel' };

/** Asks people for servers. */
export class Elicitation {
  readonly #setup: ElicitationSetup;
  readonly #waiting = new Map<string, number>();
  /** Servers that ask more than they may: told once, until they ask less. */
  readonly #flooding = new Set<string>();

  constructor(setup: ElicitationSetup) {
    this.#setup = setup;
  }

  /** Ask for a server. Never rejects. */
  async ask(asker: Asker, request: ElicitationRequest, signal: AbortSignal): Promise<ElicitationResult> {
    const { server } = asker;
    const waiting = this.#waiting.get(server) ?? 0;
    if (waiting >= asker.maxWaiting) {
      if (this.#flooding.has(server)) return CANCEL;
      this.#flooding.add(server);
      return this.#cancel(asker, 'flooded');
    }
    this.#waiting.set(server, waiting + 1);
    const resume = asker.standstill.begin();
    try {
      return await this.#run(asker, request, signal);
    } finally {
      resume();
      this.#flooding.delete(server);
      const left = (this.#waiting.get(server) ?? 1) - 1;
      if (left > 0) this.#waiting.set(server, left);
      else this.#waiting.delete(server);
    }
  }

  async #run(asker: Asker, request: ElicitationRequest, signal: AbortSignal): Promise<ElicitationResult> {
    const { clock, handler, timeoutMs } = this.#setup;
    const controller = new AbortController();
    let abort = () => {};
    const aborted = new Promise<'aborted'>((resolve) => {
      abort = () => resolve('aborted');
      signal.addEventListener('abort', abort, { once: true });
      if (signal.aborted) abort();
    });
    try {
      const answering = (async () => handler(request, { server: asker.server, signal: controller.signal }))();
      const settlement = await withDeadline(clock, Promise.race([answering, aborted]), timeoutMs);
      if (settlement.settled && settlement.value !== 'aborted') {
        const answer = answerOf(settlement.value);
        return answer === undefined ? this.#cancel(asker, 'invalid') : withDefaults(request, answer);
      }
      controller.abort();
      return settlement.settled ? CANCEL : this.#cancel(asker, 'timed-out');
    } catch {
      return this.#cancel(asker, 'threw');
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  #cancel({ server, epoch }: Asker, reason: ElicitationFailed['reason']): ElicitationResult {
    const { clock, failed } = this.#setup;
    failed({ type: 'elicitation.failed', server, epoch, atMs: clock.now(), reason });
    return CANCEL;
  }
}

/** A copy of what the handler answered, or nothing when that is no answer. */
function answerOf(value: unknown): ElicitationResult | undefined {
  if (typeof value !== 'object' || value === null || !('action' in value)) return undefined;
  const { action } = value;
  if (action === 'decline' || action === 'cancel') return { action };
  if (action !== 'accept') return undefined;
  const content = 'content' in value ? value.content : undefined;
  if (content === undefined) return { action };
  return isContent(content) ? { action, content: { ...content } } : undefined;
}

function isContent(content: unknown): content is NonNullable<ElicitationResult['content']> {
  if (typeof content !== 'object' || content === null || Array.isArray(content)) return false;
  return Object.values(content).every(
    (value) =>
      ['string', 'number', 'boolean'].includes(typeof value) ||
      (Array.isArray(value) && value.every((item) => typeof item === 'string')),
  );
}
