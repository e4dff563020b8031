import * as Effect from 'effect/Effect';
import type * as Fiber from 'effect/Fiber';
import { afterEach, describe, expect, it } from 'vitest';
import type { SupervisionPlan } from '../../../src/config/effective.ts';
import { epochEffect } from '../../../src/connection/epoch.ts';
import type { EpochCommand, EpochEvent } from '../../../src/connection/events.ts';
import { Nursery } from '../../../src/connection/nursery.ts';
import { type Fault, FaultError } from '../../../src/fault.ts';
import { RequestError } from '../../../src/link/link.ts';
import { SimulatedClock } from '../../../src/testing/simulated-clock.ts';
import { planOf } from '../../ground/plans.ts';
import { hang, ScriptedServer, type Step, toolNamed } from '../../ground/scripted-server.ts';

const LOST: Fault = { kind: 'stream-ended' };

const OPENING = [
  'carrier.load',
  'carrier.construct',
  'carrier.start',
  'transport.construct',
  'link.load',
  'link.construct',
  'link.open',
  'tools.list',
  'published',
];
const RELEASING = ['withdrawn', 'link.close', 'transport.close', 'carrier.release'];

const LIFE = { server: 'files', connection: 'server:files', revision: 1 } as const;

/** One epoch on a stage: the real effect, over scripted ports. */
class EpochStage {
  readonly clock = new SimulatedClock();
  readonly nursery = new Nursery(this.clock);
  readonly told: EpochEvent[] = [];
  readonly server: ScriptedServer;
  readonly plan: SupervisionPlan;
  fiber: Fiber.Fiber<never, Fault> | undefined;
  #obey: (command: EpochCommand) => void = () => {};

  constructor(plan: Partial<SupervisionPlan> = {}) {
    this.plan = planOf('files', { releaseTimeoutMs: 1_000, ...plan });
    this.server = new ScriptedServer(this.plan);
  }

  async open(epoch = 1): Promise<void> {
    const { clock, nursery, server } = this;
    const context = { clock, random: () => 0, nursery, publisher: server, recipe: () => server.recipe };
    this.fiber = Effect.runFork(
      epochEffect(
        { ...LIFE, epoch },
        context,
        (event) => this.told.push(event),
        (obey) => (this.#obey = obey),
      ),
    );
    await clock.settle();
  }

  /** Interrupt it, as a machine that releases does. */
  async release(drainMs = 0): Promise<void> {
    this.#obey({ type: 'release', drainMs });
    this.fiber?.interruptUnsafe();
    await this.clock.settle();
  }

  async end(fault: Fault = LOST): Promise<void> {
    this.server.end(fault);
    await this.clock.settle();
  }

  /** How it ended, or that it lives. */
  get outcome(): string {
    const exit = this.fiber?.pollUnsafe();
    if (exit === undefined) return 'lives';
    if (exit._tag === 'Success') return 'succeeded';
    const [reason] = exit.cause.reasons;
    if (exit.cause.reasons.length > 1) return `mixed: ${exit.cause.reasons.map(({ _tag }) => _tag).join(', ')}`;
    if (reason?._tag === 'Fail') return `failed by ${reason.error.kind}`;
    return reason?._tag === 'Die' ? 'crashed' : 'released';
  }

  get toldTypes(): string[] {
    return this.told.map(({ type }) => type);
  }
}

let stages: EpochStage[] = [];

function begin(plan?: Partial<SupervisionPlan>): EpochStage {
  const stage = new EpochStage(plan);
  stages.push(stage);
  return stage;
}

afterEach(async () => {
  for (const stage of stages) {
    await stage.release();
    await stage.clock.advance(100_000);
  }
  const left = stages.map((stage) => stage.outcome).filter((outcome) => outcome === 'lives');
  const timers = stages.map((stage) => stage.clock.pendingCount).filter((count) => count > 0);
  stages = [];
  expect({ left, timers }).toEqual({ left: [], timers: [] });
});

describe('an epoch', () => {
  it('acquires in order and publishes last', async () => {
    const stage = begin();

    await stage.open();

    expect(stage.server.journal).toEqual(OPENING);
    expect(stage.told).toEqual([
      { type: 'transport.opened', epoch: 1 },
      { type: 'link.initialized', epoch: 1 },
    ]);
  });

  it('tells that its start waits for others, and does not count that against the time it has', async () => {
    const stage = begin({ connectTimeoutMs: 1_000 });
    let start = () => {};
    stage.server.script['carrier.start'] = () => new Promise<void>((resolve) => (start = resolve));
    await stage.open();

    stage.server.turn?.awaited();
    await stage.clock.advance(60_000);
    stage.server.turn?.had();
    start();
    await stage.clock.settle();

    expect(stage.toldTypes).toEqual(['start.queued', 'start.admitted', 'transport.opened', 'link.initialized']);
    expect(stage.server.restoreBudgetsMs).toEqual([500]);
  });

  it('releases in reverse order when it is asked to, withdrawing first', async () => {
    const stage = begin();
    await stage.open();
    stage.server.clear();

    await stage.release();

    expect(stage.server.journal).toEqual(RELEASING);
    expect(stage.outcome).toBe('released');
  });

  it('lets calls under way end between its withdrawal and its farewell, when it is given time', async () => {
    const stage = begin();
    await stage.open();
    stage.server.clear();
    stage.server.pendingCount = 1;

    await stage.release(5_000);
    expect(stage.server.journal).toEqual(['withdrawn']);
    stage.server.pendingCount = 0;
    stage.server.observer?.idle();
    await stage.clock.settle();

    expect(stage.server.journal).toEqual(RELEASING);
    expect(stage.outcome).toBe('released');
  });

  it('cuts calls off when their time is over, and says so', async () => {
    const stage = begin();
    await stage.open();
    stage.server.pendingCount = 1;
    await stage.release(5_000);

    await stage.clock.advance(5_000);

    expect(stage.outcome).toBe('released');
    expect(stage.told.at(-1)).toEqual({ type: 'release.failed', epoch: 1, resource: 'calls', reason: 'timed-out' });
  });

  it('releases in reverse order when its link ends, after it has told why', async () => {
    const stage = begin();
    await stage.open();
    stage.server.clear();
    const seen: string[][] = [];
    stage.server.script.withdrawn = () => seen.push(stage.toldTypes);

    await stage.end();

    expect(stage.server.journal).toEqual(RELEASING);
    expect(stage.told.at(-1)).toEqual({ type: 'epoch.faulted', epoch: 1, fault: LOST, served: false });
    expect(seen).toEqual([['transport.opened', 'link.initialized', 'epoch.faulted']]);
    expect(stage.outcome).toBe('failed by stream-ended');
  });

  it('awaits each release before it begins the next', async () => {
    const stage = begin();
    await stage.open();
    let finish: () => void = () => {};
    stage.server.script['link.close'] = () => new Promise<void>((resolve) => (finish = resolve));
    stage.server.clear();

    await stage.release();
    expect(stage.server.journal).toEqual(['withdrawn', 'link.close']);
    finish();
    await stage.clock.settle();

    expect(stage.server.journal).toEqual(RELEASING);
  });

  it('lists the tools before it is published', async () => {
    const stage = begin();
    stage.server.tools = [toolNamed('add'), toolNamed('sub')];

    await stage.open(3);

    expect(stage.server.listings).toEqual([{ epoch: 3, names: ['add', 'sub'] }]);
  });

  it('lists them again when the server says that they changed', async () => {
    const stage = begin();
    await stage.open();
    stage.server.tools = [toolNamed('mul')];

    stage.server.observer?.toolsChanged();
    await stage.clock.settle();

    expect(stage.server.listings.at(-1)).toEqual({ epoch: 1, names: ['mul'] });
  });

  it('lists them again when they changed while the first list was under way', async () => {
    const stage = begin();
    stage.server.tools = [toolNamed('early')];
    stage.server.script['tools.list'] = () => {
      delete stage.server.script['tools.list'];
      stage.server.observer?.toolsChanged();
    };

    await stage.open();

    expect(stage.server.listings).toHaveLength(2);
    await stage.release();
  });

  it('does not list any more once it is released', async () => {
    const stage = begin();
    await stage.open();
    await stage.release();

    stage.server.observer?.toolsChanged();
    await stage.clock.settle();

    expect(stage.server.listings).toHaveLength(1);
  });

  it('tells with its fault whether a call was answered', async () => {
    const stage = begin();
    await stage.open();

    stage.server.publications[0]?.served();
    stage.server.end(LOST);
    await stage.clock.settle();

    expect(stage.told.at(-1)).toEqual({ type: 'epoch.faulted', epoch: 1, fault: LOST, served: true });
  });

  it('ends at once, opening nothing, when its server was removed', async () => {
    const { clock, nursery, server } = new EpochStage();
    const context = { clock, random: () => 0, nursery, publisher: server, recipe: () => undefined };
    const effect = epochEffect({ ...LIFE, epoch: 1 }, context, () => {});

    await expect(Effect.runPromise(Effect.flip(effect))).resolves.toEqual({ kind: 'closed' });
    expect(server.journal).toEqual([]);
  });
});

describe('an epoch that is interrupted while a step is pending', () => {
  it.each<[Step, Step[]]>([
    ['carrier.load', []],
    ['carrier.start', ['carrier.release']],
    ['link.load', ['transport.close', 'carrier.release']],
    ['link.open', ['link.close', 'transport.close', 'carrier.release']],
    ['tools.list', ['link.close', 'transport.close', 'carrier.release']],
  ])('%s: releases what it holds, without waiting for the step', async (step, released) => {
    const stage = begin();
    stage.server.script[step] = hang;
    await stage.open();
    expect(stage.server.journal.at(-1)).toBe(step);
    stage.server.clear();

    await stage.release();

    expect(stage.server.journal).toEqual(released);
    expect(stage.outcome).toBe('released');
    expect(stage.clock.now()).toBe(0);
  });

  it.each<Step>(['carrier.start', 'link.open', 'tools.list'])('%s: tells the step by its signal', async (step) => {
    const stage = begin();
    let signal: AbortSignal | undefined;
    stage.server.script[step] = (given) => {
      signal = given;
      return hang();
    };
    await stage.open();

    await stage.release();

    expect(signal?.aborted).toBe(true);
  });

  it('ignores what the abandoned step rejects with later', async () => {
    const stage = begin();
    let reject: (error: Error) => void = () => {};
    stage.server.script['carrier.start'] = () => new Promise((_, no) => (reject = no));
    await stage.open();
    await stage.release();

    reject(new Error('late'));
    await stage.clock.settle();

    expect(stage.outcome).toBe('released');
  });
});

describe('an epoch that fails half way', () => {
  it.each<[Step, Step[]]>([
    ['carrier.load', []],
    ['carrier.start', ['carrier.release']],
    ['link.load', ['transport.close', 'carrier.release']],
    ['link.open', ['link.close', 'transport.close', 'carrier.release']],
    ['tools.list', ['link.close', 'transport.close', 'carrier.release']],
  ])('by a fault of %s: releases what it holds and fails with the fault', async (step, released) => {
    const stage = begin();
    stage.server.script[step] = () => {
      stage.server.clear();
      throw new FaultError(LOST);
    };

    await stage.open();

    expect(stage.server.journal).toEqual(released);
    expect(stage.outcome).toBe('failed by stream-ended');
    expect(stage.told.at(-1)).toEqual({ type: 'epoch.faulted', epoch: 1, fault: LOST, served: false });
  });

  it.each<[Step, Step[]]>([
    ['carrier.load', []],
    ['carrier.construct', []],
    ['carrier.start', ['carrier.release']],
    ['transport.construct', ['carrier.release']],
    ['link.load', ['transport.close', 'carrier.release']],
    ['link.construct', ['transport.close', 'carrier.release']],
    ['link.open', ['link.close', 'transport.close', 'carrier.release']],
    ['tools.list', ['link.close', 'transport.close', 'carrier.release']],
    ['published', ['link.close', 'transport.close', 'carrier.release']],
  ])('by a defect in %s: releases what it holds and crashes', async (step, released) => {
    const stage = begin();
    stage.server.script[step] = () => {
      stage.server.clear();
      throw new TypeError('a defect');
    };

    await stage.open();

    expect(stage.server.journal).toEqual(released);
    expect(stage.outcome).toBe('crashed');
    expect(stage.toldTypes).not.toContain('epoch.faulted');
  });

  it.each<Step>(['link.open', 'tools.list'])(
    'by the end of the link during %s: does not wait for the step',
    async (step) => {
      const stage = begin();
      stage.server.script[step] = hang;
      await stage.open();
      stage.server.clear();

      await stage.end({ kind: 'process-exited', exitCode: 1, signal: null, stderr: [] });

      expect(stage.server.journal).toEqual(['link.close', 'transport.close', 'carrier.release']);
      expect(stage.outcome).toBe('failed by process-exited');
    },
  );

  it('by a server that refuses to list its tools', async () => {
    const stage = begin();
    stage.server.script['tools.list'] = () => {
      throw new RequestError({ kind: 'server-error', code: -32_603, message: 'no' });
    };

    await stage.open();

    expect(stage.outcome).toBe('failed by handshake-refused');
  });
});

describe('a release that goes wrong', () => {
  it.each<[Step, string, Step[]]>([
    ['link.close', 'link', ['withdrawn', 'link.close', 'transport.close', 'carrier.release']],
    ['transport.close', 'transport', ['withdrawn', 'link.close', 'transport.close', 'carrier.release']],
    [
      'carrier.release',
      'carrier',
      ['withdrawn', 'link.close', 'transport.close', 'carrier.release', 'carrier.destroy'],
    ],
  ])(
    'because %s rejects: is reported, the rest is released, and the fault stays a fault',
    async (step, resource, journal) => {
      const stage = begin();
      await stage.open();
      stage.server.script[step] = () => Promise.reject(new Error('no'));
      stage.server.clear();

      await stage.end();

      expect(stage.server.journal).toEqual(journal);
      expect(stage.told.at(-1)).toEqual({ type: 'release.failed', epoch: 1, resource, reason: 'threw' });
      expect(stage.outcome).toBe('failed by stream-ended');
    },
  );

  it.each<[Step, string, Step[]]>([
    ['link.close', 'link', ['transport.close', 'carrier.release']],
    ['transport.close', 'transport', ['carrier.release']],
    ['carrier.release', 'carrier', ['carrier.destroy']],
  ])('because %s hangs: is reported at its deadline, and the rest is released', async (step, resource, rest) => {
    const stage = begin();
    await stage.open();
    stage.server.script[step] = hang;
    await stage.release();
    expect(stage.server.journal.at(-1)).toBe(step);
    await stage.clock.advance(999);
    expect(stage.outcome).toBe('lives');
    stage.server.clear();

    await stage.clock.advance(1);

    expect(stage.server.journal).toEqual(rest);
    expect(stage.told.at(-1)).toEqual({ type: 'release.failed', epoch: 1, resource, reason: 'timed-out' });
    expect(stage.outcome).toBe('released');
  });

  it('because every step hangs: is over within the deadlines of the steps', async () => {
    const stage = begin();
    await stage.open();
    for (const step of ['link.close', 'transport.close', 'carrier.release'] as const) stage.server.script[step] = hang;
    await stage.release();

    await stage.clock.advance(3_000);

    expect(stage.server.journal.slice(-4)).toEqual([
      'link.close',
      'transport.close',
      'carrier.release',
      'carrier.destroy',
    ]);
    expect(stage.outcome).toBe('released');
  });
});

describe('the carrier of an epoch', () => {
  it('is destroyed when the nursery ends everything by force', async () => {
    const stage = begin();
    stage.server.script['carrier.start'] = hang;
    await stage.open();

    stage.nursery.force();

    expect(stage.server.journal.at(-1)).toBe('carrier.destroy');
  });

  it('is forgotten by the nursery when it is released', async () => {
    const stage = begin();
    await stage.open();
    await stage.release();
    stage.server.clear();

    stage.nursery.force();

    expect(stage.server.journal).toEqual([]);
  });

  it('can still be destroyed by force while its release hangs', async () => {
    const stage = begin();
    await stage.open();
    stage.server.script['carrier.release'] = hang;
    await stage.release();
    stage.server.clear();

    stage.nursery.force();

    expect(stage.server.journal).toEqual(['carrier.destroy']);
  });
});

describe('the watch of an epoch', () => {
  const heartbeat = { intervalMs: 1_000, probeAfterMs: 1_000, timeoutMs: 100, misses: 2, busyMisses: 4 };

  it('ends it when the server misses its signs of life, and abandons the link', async () => {
    const stage = begin({ heartbeat });
    await stage.open();
    stage.server.script['link.alive'] = () => Promise.reject(new RequestError({ kind: 'timed-out' }));

    await stage.clock.advance(1_000);

    expect(stage.told.slice(2)).toEqual([
      { type: 'heartbeat.missed', epoch: 1, missed: 1 },
      { type: 'heartbeat.missed', epoch: 1, missed: 2 },
      { type: 'epoch.faulted', epoch: 1, fault: { kind: 'unresponsive', missed: 2 }, served: false },
    ]);
    expect(stage.outcome).toBe('failed by unresponsive');
  });

  it('stops asking when it is released', async () => {
    const stage = begin({ heartbeat });
    await stage.open();

    await stage.release();

    expect(stage.clock.pendingCount).toBe(0);
  });
});
