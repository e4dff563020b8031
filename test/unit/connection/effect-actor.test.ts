import * as Effect from 'effect/Effect';
import { afterEach, describe, expect, it } from 'vitest';
import { type ActorRefFrom, createActor, setup, spawnChild, stopChild } from 'xstate';
import { type EffectActorLogic, type EffectActorScope, fromEffect } from '../../../src/connection/effect-actor.ts';
import type { Fault } from '../../../src/fault.ts';
import { SimulatedClock } from '../../../src/testing/simulated-clock.ts';

interface Input {
  readonly secret: string;
}
interface Said {
  readonly type: 'said';
  readonly text: string;
}
type Run = (scope: EffectActorScope<Input, Said>) => Effect.Effect<never, Fault>;

const LOST: Fault = { kind: 'stream-ended' };
const clock = new SimulatedClock();
let stops: (() => void)[] = [];

/** An effect as the child of a machine that writes down what it is told. */
function put(run: Run) {
  const received: { type: string; [key: string]: unknown }[] = [];
  const inspected: string[] = [];
  const logic = fromEffect<Input, Said>((scope) => Effect.runFork(run(scope)));
  const machine = setup({ actors: { epoch: logic } }).createMachine({
    entry: spawnChild('epoch', { id: 'epoch', input: { secret: 'canary' } }),
    on: { stop: { actions: stopChild('epoch') }, '*': { actions: ({ event }) => void received.push(event) } },
  });
  const parent = createActor(machine, { inspect: (event) => inspected.push(JSON.stringify(snapshotsOf(event))) });
  parent.start();
  stops.push(() => parent.stop());
  const child = parent.getSnapshot().children['epoch'] as ActorRefFrom<EffectActorLogic<Input>>;
  return { parent, child, received, inspected, types: () => received.map(({ type }) => type) };
}

function snapshotsOf(event: object): unknown {
  return 'snapshot' in event ? event.snapshot : undefined;
}

/** An effect that holds something until it is told to let go. */
function holding(journal: string[], inner: Effect.Effect<never, Fault>, released: Promise<void> = Promise.resolve()) {
  const release = () => Effect.promise(() => released.then(() => void journal.push('released')));
  return Effect.scoped(Effect.flatMap(Effect.acquireRelease(Effect.void, release), () => inner));
}

afterEach(async () => {
  for (const stop of stops) stop();
  stops = [];
  await clock.settle();
});

describe('an effect as an actor', () => {
  it('is done with its fault when it fails', async () => {
    const { received } = put(() => Effect.fail(LOST));
    await clock.settle();

    expect(received).toMatchObject([{ type: 'xstate.done.actor.epoch', output: { kind: 'failed', fault: LOST } }]);
  });

  it('is done as released when it was asked to end', async () => {
    const { child, received } = put(() => Effect.never);

    child.send({ type: 'release' });
    await clock.settle();

    expect(received).toMatchObject([{ type: 'xstate.done.actor.epoch', output: { kind: 'released' } }]);
  });

  it('crashes with the very defect when it dies', async () => {
    const defect = new TypeError('a defect');
    const { received } = put(() => Effect.die(defect));
    await clock.settle();

    expect(received).toMatchObject([{ type: 'xstate.error.actor.epoch', error: defect }]);
  });

  it('crashes when a finalizer dies after a fault: a defect is never hidden', async () => {
    const dying = Effect.scoped(
      Effect.flatMap(
        Effect.acquireRelease(Effect.void, () => Effect.die(new TypeError('in a finalizer'))),
        () => Effect.fail(LOST),
      ),
    );
    const { types } = put(() => dying);
    await clock.settle();

    expect(types()).toEqual(['xstate.error.actor.epoch']);
  });

  it('stays active until everything it holds is released', async () => {
    const journal: string[] = [];
    let finish: () => void = () => {};
    const released = new Promise<void>((resolve) => (finish = resolve));
    const { child, types } = put(() => holding(journal, Effect.never, released));

    child.send({ type: 'release' });
    child.send({ type: 'release' });
    await clock.settle();
    expect(child.getSnapshot().status).toBe('active');
    finish();
    await clock.settle();

    expect(journal).toEqual(['released']);
    expect(types()).toEqual(['xstate.done.actor.epoch']);
  });

  it('goes on releasing after it was stopped, and says nothing any more', async () => {
    const journal: string[] = [];
    const { parent, child, received } = put(() => holding(journal, Effect.never));

    parent.send({ type: 'stop' });
    await clock.settle();

    expect(child.getSnapshot().status).toBe('stopped');
    expect(journal).toEqual(['released']);
    expect(received).toEqual([]);
  });

  it('hears what its parent commands, once it listens', async () => {
    const heard: string[] = [];
    const { child } = put(({ listen }) => {
      listen((command) => heard.push(command.type));
      return Effect.never;
    });

    child.send({ type: 'pulse.hold' });
    child.send({ type: 'pulse.check', delayMs: 1 });
    await clock.settle();

    expect(heard).toEqual(['pulse.hold', 'pulse.check']);
  });

  it('lets commands pass that nobody listens to', () => {
    const { child } = put(() => Effect.never);

    child.send({ type: 'pulse.hold' });

    expect(child.getSnapshot().status).toBe('active');
  });

  it('tells its parent while it is active', async () => {
    const { received } = put(({ tell }) => {
      tell({ type: 'said', text: 'at once' });
      return Effect.flatMap(
        Effect.promise(() => Promise.resolve()),
        () => {
          tell({ type: 'said', text: 'later' });
          return Effect.never;
        },
      );
    });
    await clock.settle();

    expect(received).toEqual([
      { type: 'said', text: 'at once' },
      { type: 'said', text: 'later' },
    ]);
  });

  it.each(['settled', 'stopped'])('drops what it tells after it was %s', async (end) => {
    let tell: (event: Said) => void = () => {};
    const { parent, types } = put((scope) => {
      tell = scope.tell;
      return end === 'settled' ? Effect.fail(LOST) : Effect.never;
    });
    if (end === 'stopped') parent.send({ type: 'stop' });
    await clock.settle();

    tell({ type: 'said', text: 'too late' });

    expect(types()).not.toContain('said');
  });

  it('keeps its input out of every snapshot, which inspectors publish', async () => {
    let seen: Input | undefined;
    const { child, inspected } = put(({ input }) => {
      seen = input;
      return Effect.fail(LOST);
    });
    await clock.settle();

    expect(seen).toEqual({ secret: 'canary' });
    expect(JSON.stringify(child.getSnapshot())).not.toContain('canary');
    expect(JSON.stringify(child.getPersistedSnapshot())).not.toContain('canary');
    expect(inspected.join()).not.toContain('canary');
  });
});
