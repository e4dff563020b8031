import { afterEach, describe, expect, it } from 'vitest';
import type { RecyclePlan } from '../../../src/config/effective.ts';
import { CURABLE } from '../../ground/connection-stage.ts';
import { planOf } from '../../ground/plans.ts';
import { REPLACE, SupervisorStage } from '../../ground/supervisor-stage.ts';

const RECYCLE: RecyclePlan = {
  afterMs: 60_000,
  aboveBytes: undefined,
  checkEveryMs: 1_000,
  retryMs: 1_000,
  stopFirst: false,
  drainMs: 5_000,
};

let stages: SupervisorStage[] = [];

async function begin(changes: Partial<RecyclePlan> = {}): Promise<SupervisorStage> {
  const stage = new SupervisorStage();
  stages.push(stage);
  await stage.addServing('files', { recycle: { ...RECYCLE, ...changes } });
  stage.serving.clear();
  stage.clear();
  return stage;
}

afterEach(async () => {
  for (const stage of stages) await stage.stop();
  stages = [];
});

const notice = (stage: SupervisorStage, index = 0) => {
  stage.epochs.all[index]?.say({ type: 'wear.noticed' });
  return stage.clock.settle();
};

describe('recycling', () => {
  it('lets a connection of the same plan take over, and drains the one before', async () => {
    const stage = await begin();

    await notice(stage);
    await stage.act('files', (epoch) => epoch.serve());

    expect(stage.epochs.names).toEqual(['files 1', 'files 2']);
    expect(stage.epochs.all.map(({ input }) => input.revision)).toEqual([1, 1]);
    expect(stage.epochs.all[0]?.drains).toEqual([5_000]);
    expect(stage.reports).toContainEqual(
      expect.objectContaining({ type: 'server.replaced', epoch: 2, previousEpoch: 1, reason: 'recycled' }),
    );
    expect(stage.lines.filter((line) => line.includes('files ready'))).toEqual([]);
  });

  it('that fails at its first attempt is given up, and tried again when wear is noticed again', async () => {
    const stage = await begin();
    await notice(stage);
    await stage.act('files', (epoch) => epoch.fail(CURABLE));

    expect(stage.reports.at(-1)).toMatchObject({ type: 'replacement.failed', reason: 'recycled', cause: CURABLE });
    expect(stage.epochs.liveCount()).toBe(1);
    await notice(stage);

    expect(stage.epochs.names).toEqual(['files 1', 'files 2', 'files 3']);
  });

  it('happens once at a time', async () => {
    const stage = await begin();
    await notice(stage);
    await notice(stage);

    expect(stage.epochs.names).toEqual(['files 1', 'files 2']);
  });

  it('does not happen while the server is replaced, and gives way when it is asked to be', async () => {
    const stage = await begin();
    const replacement = { ...REPLACE, stopFirst: false, plan: planOf('files') };
    await notice(stage);
    await stage.send(replacement);
    expect(stage.epochs.names).toEqual(['files 1', 'files 2', 'files 3']);

    await notice(stage);
    await stage.act('files', (epoch) => epoch.serve());

    expect(stage.epochs.names).toEqual(['files 1', 'files 2', 'files 3']);
    expect(stage.reports).toContainEqual(expect.objectContaining({ type: 'server.replaced', reason: 'replaced' }));
  });

  it('does not happen while the server is not ready', async () => {
    const stage = await begin();
    const [first] = stage.epochs.all;
    first?.fail(CURABLE);
    first?.say({ type: 'wear.noticed' });
    await stage.clock.settle();

    expect(stage.epochs.names).toEqual(['files 1']);
  });

  it('begins when the present connection is gone, where two must not live side by side', async () => {
    const stage = await begin({ stopFirst: true });

    await notice(stage);

    expect(stage.epochs.names).toEqual(['files 1', 'files 2']);
    expect(stage.epochs.latest().input.connection).toBe('server:files');
    expect(stage.epochs.all[0]?.isLive).toBe(false);
  });
});
