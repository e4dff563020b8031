/**
 * Lets a server ask a person, through the handler of the host. The handler can harm nothing: whatever it does, the
 * server gets an answer, in time.
 */

import type { ElicitResult } from '@modelcontextprotocol/sdk/types.js';
import type { Clock } from '../clock.ts';
import type { ServerLimits } from '../config/limits.ts';
import { isRecord } from '../config/record.ts';
import { type Asker, Asking, type AskingContext } from './asking.ts';
import { withDefaults } from './elicitation-defaults.ts';
import { fits } from './elicitation-form.ts';
import { type ElicitationRequest, elicitationRequest } from './elicitation-request.ts';
import { isListOf, isText } from './foreign-value.ts';

/** What the person answers: `accept` with the content of the form, `decline`, or `cancel` for no answer. */
export type ElicitationResult = ElicitResult;

/** Who asks, and until when. */
export type ElicitationContext = AskingContext;

/** Asks a person. What it throws, and what is no answer to the form, is answered with `cancel`. */
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
  /** `flooded`: the server asked more than it may, told once. `invalid`: the answer is none, or does not fit the form. */
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
  readonly limits: Pick<ServerLimits, 'maxElicitations' | 'maxElicitationsPerMinute' | 'maxEntryDepth'>;
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
      answerOf,
      failed: ({ server, epoch }, reason) =>
        failed({ type: 'elicitation.failed', server, epoch, atMs: clock.now(), reason }),
    });
  }

  /** Ask for a server. Rejects with `RefusedRequest` where it asks for what nobody can answer. */
  async ask(asker: ElicitationAsker, params: unknown, signal: AbortSignal): Promise<ElicitationResult> {
    const { questions, limits } = asker;
    const request = elicitationRequest(params, limits.maxEntryDepth);
    const pageId = request.mode === 'url' ? request.elicitationId : undefined;
    // A page may be done before whoever asks hears of the consent.
    if (pageId !== undefined) questions.pages.expect(pageId);
    const asked = await this.#asking.ask({
      asker,
      turnstile: questions.elicitations,
      admission: { maxWaiting: limits.maxElicitations, maxPerMinute: limits.maxElicitationsPerMinute },
      question: request,
      signal,
    });
    const answer = asked.kind === 'answered' ? asked.answer : CANCEL;
    if (pageId !== undefined && answer.action !== 'accept') questions.pages.settle(pageId);
    return answer;
  }
}

/** A copy of what the handler answered, or nothing when that is no answer to the question. */
function answerOf(value: unknown, request: ElicitationRequest): ElicitationResult | undefined {
  if (!isRecord(value)) return undefined;
  const { action, content = {} } = value;
  if (action === 'decline' || action === 'cancel') return { action };
  if (action !== 'accept' || !isContent(content)) return undefined;
  if (request.mode === 'url') return { action };
  const answer = withDefaults(request, { action, content: { ...content } });
  return fits(request.requestedSchema, answer.content ?? {}) ? answer : undefined;
}

function isContent(content: unknown): content is NonNullable<ElicitationResult['content']> {
  return isRecord(content) && Object.values(content).every((value) => isPrimitive(value) || isListOf(value, isText));
}

function isPrimitive(value: unknown): boolean {
  return ['string', 'number', 'boolean'].includes(typeof value);
}
