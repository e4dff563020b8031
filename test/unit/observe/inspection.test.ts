import { describe, expect, it } from 'vitest';
import { createActor } from 'xstate';
import { connectionMachine } from '../../../src/connection/machine.ts';
import { guardInspection } from '../../../src/observe/inspection.ts';
import { SimulatedClock } from '../../../src/testing/simulated-clock.ts';
import { scriptedGround } from '../../ground/grounds.ts';
import { planOf } from '../../ground/plans.ts';
import { ScriptedEpochs } from '../../ground/scripted-epoch.ts';

describe('an inspection observer', () => {
  it('is given every event, as a function or as an object with next, which keeps its this', () => {
    const seen: unknown[] = [];
    const observer = {
      seen,
      next(event: unknown) {
        this.seen.push(event);
      },
    };

    guardInspection((event: unknown) => seen.push(event))(1);
    guardInspection(observer)(2);
    guardInspection({})(3);

    expect(seen).toEqual([1, 2]);
  });

  it.each(['throws', 'rejects'])('cannot harm what it inspects when it %s', async (way) => {
    const clock = new SimulatedClock();
    const unhandled: unknown[] = [];
    const note = (reason: unknown) => unhandled.push(reason);
    process.on('unhandledRejection', note);
    let calls = 0;
    const inspect = guardInspection(() => {
      calls += 1;
      if (way === 'throws') throw new Error('no');
      return Promise.reject(new Error('no'));
    });
    const epochs = new ScriptedEpochs();
    const machine = connectionMachine().provide({ actors: { epoch: epochs.logic } });
    const input = { plan: planOf('files'), revision: 1, from: 'closed', epoch: 0, frozen: false } as const;
    const actor = createActor(machine, { clock: scriptedGround(clock), input, inspect: (event) => inspect(event) });

    actor.start();
    epochs.latest().serve();
    await clock.settle();

    expect(actor.getSnapshot().value).toEqual({ ready: 'healthy' });
    expect(calls).toBeGreaterThan(0);
    actor.stop();
    await clock.settle();
    process.off('unhandledRejection', note);
    expect(unhandled).toEqual([]);
  });
});
