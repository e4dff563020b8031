/** Draws faults from a seed for a bounded time, one after the other, and undoes in the end what would last. */

import { systemClock } from '../../clock.ts';
import { type Chance, chanceOf } from '../chance.ts';
import type { FaultTransport, StdioFaultTransport, StormFault, StormOptions, StormReport } from './contract.ts';
import { FAULT_VERBS, type FaultVerb } from './verbs.ts';

const PAUSE_MS = 500;
/** How long a fault lasts that lasts. */
const HOLD_MS = { least: 50, most: 1_000 };
const FLOOD_TIMES = { least: 100, most: 5_000 };
const DELAY_MS = { least: 5, most: 300 };

type Target = FaultTransport | StdioFaultTransport;

/** Let it rage; rejects when `onFault` throws or the port cannot be listened on again, with everything undone before. */
export async function raiseStorm(target: Target, options: StormOptions): Promise<StormReport> {
  const { seed, durationMs, pauseMs = PAUSE_MS, signal } = options;
  const verbs = options.verbs ?? verbsOf(target);
  const chance = chanceOf(seed);
  const startedMs = systemClock.monotonic();
  const elapsedMs = (): number => systemClock.monotonic() - startedMs;
  const faults: StormFault[] = [];
  try {
    for (;;) {
      await wait(chance.whole(0, 2 * pauseMs), signal);
      if (elapsedMs() >= durationMs || signal?.aborted) break;
      const fault = { verb: chance.pick(verbs), atMs: elapsedMs() };
      faults.push(fault);
      options.onFault?.(fault);
      await act(target, fault.verb, chance, signal);
    }
  } finally {
    await target.calm();
  }
  return { seed, faults };
}

function verbsOf(target: Target): readonly FaultVerb[] {
  const verbs = Object.keys(FAULT_VERBS) as FaultVerb[];
  return 'kill' in target ? verbs : verbs.filter((verb) => verb !== 'kill' && verb !== 'freeze');
}

/** Everything random is drawn whether it is needed or not, so that a seed means the same faults on a slower host. */
async function act(target: Target, verb: FaultVerb, chance: Chance, signal: AbortSignal | undefined): Promise<void> {
  const holdMs = chance.whole(HOLD_MS.least, HOLD_MS.most);
  const times = chance.whole(FLOOD_TIMES.least, FLOOD_TIMES.most);
  const delayMs = chance.whole(DELAY_MS.least, DELAY_MS.most);
  switch (verb) {
    case 'cut':
    case 'reset':
    case 'truncate':
    case 'corrupt':
      await target[verb]();
      return;
    case 'flood':
      // Whoever does not read must not hold up the storm.
      void target.flood({ times });
      return;
    case 'kill':
      if ('kill' in target) await target.kill();
      return;
    case 'delay':
      await target.delay(delayMs);
      break;
    case 'freeze':
      if ('freeze' in target) await target.freeze();
      break;
    case 'stall':
    case 'refuse':
      await target[verb]();
      break;
  }
  await wait(holdMs, signal);
  await target.calm();
}

function wait(delayMs: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      systemClock.clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = systemClock.setTimeout(done, delayMs);
    if (signal?.aborted) done();
    else signal?.addEventListener('abort', done);
  });
}
