/**
 * Lets a server ask the model of the host, through a handler of the host. What the handler gives is looked at before it
 * is sent; what it does not give is answered with an error, in time.
 */

import type { CreateMessageResult, CreateMessageResultWithTools } from '@modelcontextprotocol/sdk/types.js';
import type { Clock } from '../clock.ts';
import type { ServerLimits } from '../config/limits.ts';
import { isRecord } from '../config/record.ts';
import { RefusedRequest } from '../link/refused-request.ts';
import { type Asker, Asking, type AskingContext, type AskingFailure } from './asking.ts';
import { isListOf, isOptional, isText } from './foreign-value.ts';
import { isBlock, isPlainBlock } from './sampling-content.ts';
import { type SamplingRequest, samplingRequest } from './sampling-request.ts';

/**
 * What the model answered: `model`, `role`, `content` and `stopReason`. One block of text, image or sound; where the
 * request brought tools, also a list, and uses of tools in it. Or that the host does not want to answer.
 */
export type SamplingResult = CreateMessageResult | CreateMessageResultWithTools | { readonly action: 'decline' };

/** Who asks, and until when. */
export type SamplingContext = AskingContext;

/** Asks a model. What it throws is answered with an error. */
export type SamplingHandler = (
  request: SamplingRequest,
  context: SamplingContext,
) => SamplingResult | Promise<SamplingResult>;

/** A handler that says what else its model can do. */
export interface SamplingSupport {
  readonly handle: SamplingHandler;
  /** The model may use tools that a request brings. Only with it is `sampling.tools` declared. Default false. */
  readonly tools?: boolean;
}

/** A server was answered with an error, because the handler gave no answer. */
export interface SamplingFailed {
  readonly type: 'sampling.failed';
  readonly server: string;
  readonly epoch: number;
  readonly atMs: number;
  /** `flooded`: the server asked more than it may, told once. `invalid`: the answer had no valid shape. */
  readonly reason: 'threw' | 'timed-out' | 'invalid' | 'flooded';
}

/** What sampling needs. */
export interface SamplingSetup {
  readonly clock: Clock;
  readonly handler: SamplingHandler;
  /** Whether a request may bring tools. */
  readonly tools: boolean;
  readonly timeoutMs: number;
  /** Must not throw. */
  readonly failed: (event: SamplingFailed) => void;
}

/** Who asks a model. */
export interface SamplingAsker extends Asker {
  readonly limits: Pick<ServerLimits, 'maxSamplings' | 'maxSamplingsPerMinute' | 'maxSamplingTokens' | 'maxEntryDepth'>;
}

/** Asks a model for servers, as whoever hands on their questions sees it. */
export interface SamplingAnswerer extends Pick<Sampling, 'sample'> {
  /** Whether a request may bring tools. */
  readonly tools: boolean;
}

type Answer = CreateMessageResultWithTools | { readonly action: 'decline' };

/** What the server is told where there is no answer; nothing of why the host has none. */
const FAILURES: Readonly<Record<AskingFailure, string>> = {
  threw: 'Sampling failed',
  invalid: 'Sampling failed',
  'timed-out': 'Sampling took too long',
  flooded: 'Too many sampling requests',
};

/** Asks the model of the host for servers. */
export class Sampling {
  readonly #tools: boolean;
  readonly #asking: Asking<SamplingRequest, Answer>;

  constructor({ clock, handler, tools, timeoutMs, failed }: SamplingSetup) {
    this.#tools = tools;
    this.#asking = new Asking({
      clock,
      handler,
      timeoutMs,
      answerOf,
      failed: ({ server, epoch }, reason) =>
        failed({ type: 'sampling.failed', server, epoch, atMs: clock.now(), reason }),
    });
  }

  /** Ask for a server. Rejects with `RefusedRequest`. */
  async sample(asker: SamplingAsker, params: unknown, signal: AbortSignal): Promise<CreateMessageResultWithTools> {
    const { questions, limits } = asker;
    const asked = await this.#asking.ask({
      asker,
      turnstile: questions.samplings,
      admission: { maxWaiting: limits.maxSamplings, maxPerMinute: limits.maxSamplingsPerMinute },
      question: samplingRequest(params, { tools: this.#tools, limits }),
      signal,
    });
    if (asked.kind === 'over') throw new RefusedRequest('internal', 'Sampling was cancelled');
    if (asked.kind === 'failed') throw new RefusedRequest('internal', FAILURES[asked.reason]);
    if ('action' in asked.answer) throw new RefusedRequest('declined', 'User rejected sampling request');
    return asked.answer;
  }
}

/** A copy of what the handler answered, or nothing when that is no answer. */
function answerOf(value: unknown, request: SamplingRequest): Answer | undefined {
  if (!isRecord(value)) return undefined;
  const { action, model, role, content, stopReason, _meta } = value;
  if (action === 'decline') return { action };
  const hasTools = request.tools !== undefined || request.toolChoice !== undefined;
  const isContent = hasTools ? isListOf(content, isBlock) || isBlock(content) : isPlainBlock(content);
  if (!isText(model) || (role !== 'assistant' && role !== 'user') || !isContent) return undefined;
  if (!isOptional(stopReason, isText) || !isOptional(_meta, isRecord)) return undefined;
  // What cannot be sent has to be found out here: later nobody would answer the server.
  return JSON.parse(JSON.stringify({ model, role, content, stopReason, _meta })) as CreateMessageResultWithTools;
}
