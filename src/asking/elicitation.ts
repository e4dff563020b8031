/**
 * Lets a server ask a person, through the handler of the host. The handler can harm nothing: whatever it does, the
 * server gets an answer, in time.
 */

import type { ElicitRequestFormParams, ElicitRequestURLParams, ElicitResult } from '@modelcontextprotocol/sdk/types.js';
import type { Clock } from '../clock.ts';
import type { ServerLimits } from '../config/limits.ts';
import { type Asker, Asking, type AskingContext } from './asking.ts';
import { withDefaults } from './elicitation-defaults.ts';

/** What a server asks a person: a form to fill in (`requestedSchema`), or a page to visit (`mode: 'url'`). Untrusted. */
export type ElicitationRequest = ElicitRequestFormParams | ElicitRequestURLParams;

/** What the person answers: `accept` with the content of the form, `decline`, or `cancel` for no answer. */
export type ElicitationResult = ElicitResult;

/** Who asks, and until when. */
export type ElicitationContext = AskingContext;

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
  /** `flooded`: the server asked more than it may, told once. `invalid`: the answer had no valid shape. */
  readonly reason: 'threw' | 'timed-out' | 'invalid' | 'flooded';
}

/** What elicitation needs. */
export interface ElicitationSetup {
  readonly clock: Clock;
  readonly handler: ElicitationHandler;
  readonly timeoutMs: number;
  /** Must not throw. */
  readonly failed: (event: ElicitationFailed) => void;
}

/** Who asks a person. */
export interface ElicitationAsker extends Asker {
  readonly limits: Pick<ServerLimits, 'maxElicitations' | 'maxElicitationsPerMinute'>;
}

const CANCEL: ElicitationResult = { action: 'cancel' };

/** Asks people for servers. */
export class Elicitation {
  readonly #asking: Asking<ElicitationRequest, ElicitationResult>;

  constructor({ clock, handler, timeoutMs, failed }: ElicitationSetup) {
    this.#asking = new Asking({
      clock,
      handler,
      timeoutMs,
      answerOf: (value, request: ElicitationRequest) => {
        const answer = answerOf(value);
        return answer && withDefaults(request, answer);
      },
      failed: ({ server, epoch }, reason) =>
        failed({ type: 'elicitation.failed', server, epoch, atMs: clock.now(), reason }),
    });
  }

  /** Ask for a server. Never rejects. */
  async ask(asker: ElicitationAsker, request: ElicitationRequest, signal: AbortSignal): Promise<ElicitationResult> {
    const { questions, limits } = asker;
    const asked = await this.#asking.ask({
      asker,
      turnstile: questions.elicitations,
      admission: { maxWaiting: limits.maxElicitations, maxPerMinute: limits.maxElicitationsPerMinute },
      question: request,
      signal,
    });
    return asked.kind === 'answered' ? asked.answer : CANCEL;
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
