/** Who answers what servers ask, where the host said so. The code that does is loaded by the first question. */

import type { Elicitation, ElicitationFailed, ElicitationHandler } from '../asking/elicitation.ts';
import type { SamplingAnswerer, SamplingFailed, SamplingHandler, SamplingSupport } from '../asking/sampling.ts';
import type { Clock } from '../clock.ts';
import { DEFAULTS } from '../config/defaults.ts';
import { once } from '../once.ts';

/** What a host says of it. */
export interface AnsweringOptions {
  readonly handlers?: {
    readonly elicitation?: ElicitationHandler;
    readonly sampling?: SamplingHandler | SamplingSupport;
  };
  readonly elicitationTimeoutMs?: number;
  readonly samplingTimeoutMs?: number;
}

/** Whoever answers for servers. */
export interface Answering {
  readonly elicitation: Pick<Elicitation, 'ask'> | undefined;
  readonly sampling: SamplingAnswerer | undefined;
}

type Failed = (event: ElicitationFailed | SamplingFailed) => void;

/** Find out who answers. `failed` must not throw. */
export function answering({ handlers = {}, ...times }: AnsweringOptions, clock: Clock, failed: Failed): Answering {
  const { elicitation, sampling } = handlers;
  const { elicitationTimeoutMs = DEFAULTS.elicitationTimeoutMs, samplingTimeoutMs = DEFAULTS.samplingTimeoutMs } =
    times;
  return {
    elicitation: elicitation && elicitationBy(elicitation, { clock, timeoutMs: elicitationTimeoutMs, failed }),
    sampling: sampling && samplingBy(sampling, { clock, timeoutMs: samplingTimeoutMs, failed }),
  };
}

interface Terms {
  readonly clock: Clock;
  readonly timeoutMs: number;
  readonly failed: Failed;
}

function elicitationBy(handler: ElicitationHandler, terms: Terms): Pick<Elicitation, 'ask'> {
  const loaded = once(async () => {
    const { Elicitation } = await import('../asking/elicitation.ts');
    return new Elicitation({ handler, ...terms });
  });
  return { ask: async (asker, params, signal) => await (await loaded()).ask(asker, params, signal) };
}

function samplingBy(given: SamplingHandler | SamplingSupport, terms: Terms): SamplingAnswerer {
  const { handle: handler, tools = false } = typeof given === 'function' ? { handle: given } : given;
  const loaded = once(async () => {
    const { Sampling } = await import('../asking/sampling.ts');
    return new Sampling({ handler, tools, ...terms });
  });
  return { tools, sample: async (asker, params, signal) => await (await loaded()).sample(asker, params, signal) };
}
