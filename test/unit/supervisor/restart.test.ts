import { afterEach, describe, expect, it } from 'vitest';
import { INCURABLE } from '../../ground/connection-stage.ts';
import { SupervisorStage } from '../../ground/supervisor-stage.ts';

let stages: SupervisorStage[] = [];

function begin(): SupervisorStage {
  const stage = new SupervisorStage();
  stages.push(stage);
  return stage;
}

afterEach(async () => {
  for (const stage of stages) await stage.stop();
  stages = [];
});

describe('a crash', () => {
  it.each(['permanent', 'transient'] as const)('restarts a %s connection, which goes on numbering', async (restart) => {
    const stage = begin();
    await stage.addServing('files', { restart });
    stage.clear();

    await stage.crash('files');

    expect(stage.lines).toEqual([
      'files server.restarted',
      'files ready -> connecting',
      'files connecting -> initializing',
      'files initializing -> ready',
    ]);
    expect(stage.reports[0]).toEqual({
      type: 'server.restarted',
      server: 'files',
      epoch: 1,
      atMs: 0,
      cause: { kind: 'crashed', message: 'TypeError' },
      restarts: 1,
    });
    expect(stage.epochs.names).toEqual(['files 1', 'files 2']);
  });

  it('does not restart a temporary connection, which is closed until somebody retries', async () => {
    const stage = begin();
    await stage.addServing('files', { restart: 'temporary' });

    await stage.crash('files');
    expect(stage.linesOf('files').at(-1)).toBe('files ready -> closed');
    expect(stage.reports.at(-1)).toMatchObject({ cause: { kind: 'crashed' } });
    await stage.send({ type: 'server.retry', server: 'files' });

    expect(stage.epochs.names).toEqual(['files 1', 'files 2']);
    expect(stage.linesOf('files').at(-1)).toBe('files initializing -> ready');
  });

  it('never touches siblings', async () => {
    const stage = begin();
    for (const name of ['wiki', 'files', 'maps']) await stage.addServing(name, { maxRestarts: 2 });

    for (let time = 0; time < 3; time += 1) await stage.crash('files');

    expect(stage.linesOf('files').at(-1)).toBe('files server.escalated');
    for (const sibling of ['wiki', 'maps']) {
      expect(stage.linesOf(sibling).at(-1)).toBe(`${sibling} initializing -> ready`);
      expect(stage.epochs.names.filter((name) => name.startsWith(sibling))).toEqual([`${sibling} 1`]);
    }
  });

  it('says the class of what was thrown, never its text', async () => {
    const stage = begin();
    await stage.addServing('files');

    await stage.act('files', (epoch) => epoch.crash(new RangeError('canary')));

    expect(JSON.stringify(stage.reports)).toContain('RangeError');
    expect(JSON.stringify(stage.reports)).not.toContain('canary');
  });

  it('does not begin what depends on the crashed connection before it is ready again', async () => {
    const stage = begin();
    await stage.addServing('files');
    stage.serving.delete('files');
    await stage.crash('files');

    await stage.addServing('app', { dependsOn: ['files'] });
    expect(stage.epochs.names).toEqual(['files 1', 'files 2']);
    await stage.act('files', (epoch) => epoch.serve());

    expect(stage.epochs.names).toEqual(['files 1', 'files 2', 'app 1']);
  });
});

describe('the restart intensity', () => {
  const PLAN = { maxRestarts: 2, withinMs: 10_000 };

  it('escalates and parks at the third crash within the window', async () => {
    const stage = begin();
    await stage.addServing('files', PLAN);
    await stage.crash('files');
    await stage.crash('files');
    stage.clear();

    await stage.clock.advance(9_999);
    await stage.crash('files');

    expect(stage.lines).toEqual(['files ready -> reconnecting parked', 'files server.escalated']);
    expect(stage.epochs.names).toHaveLength(3);
    expect(stage.epochs.liveCount()).toBe(0);
  });

  it('has forgotten a crash when the window has passed, to the millisecond', async () => {
    const stage = begin();
    await stage.addServing('files', PLAN);
    await stage.crash('files');
    await stage.crash('files');

    await stage.clock.advance(10_000);
    await stage.crash('files');

    expect(stage.lines).not.toContain('files server.escalated');
    expect(stage.epochs.names).toHaveLength(4);
  });

  it('slides: crashes that are spread out never escalate', async () => {
    const stage = begin();
    await stage.addServing('files', PLAN);

    for (let time = 0; time < 12; time += 1) {
      await stage.crash('files');
      await stage.clock.advance(5_001);
    }

    expect(stage.lines).not.toContain('files server.escalated');
    expect(stage.epochs.names).toHaveLength(13);
  });

  it('begins anew when somebody retries', async () => {
    const stage = begin();
    await stage.addServing('files', PLAN);
    for (let time = 0; time < 3; time += 1) await stage.crash('files');

    await stage.send({ type: 'server.retry', server: 'files' });
    await stage.crash('files');
    await stage.crash('files');

    expect(stage.lines.filter((line) => line === 'files server.escalated')).toHaveLength(1);
    expect(stage.linesOf('files').at(-1)).toBe('files initializing -> ready');
  });

  it('of zero escalates at the first crash', async () => {
    const stage = begin();
    await stage.addServing('files', { maxRestarts: 0 });

    await stage.crash('files');

    expect(stage.lines.at(-1)).toBe('files server.escalated');
  });

  it('leaves no timer behind a server that was removed, once the window has passed', async () => {
    const stage = begin();
    await stage.addServing('files', PLAN);
    await stage.crash('files');
    await stage.send({ type: 'server.remove', server: 'files' });

    await stage.clock.advance(10_000);

    expect(stage.clock.pendingCount).toBe(0);
  });
});

describe('an incurable end', () => {
  it.each(['transient', 'temporary'] as const)('is no crash: a %s connection stays closed', async (restart) => {
    const stage = begin();
    await stage.add('files', { restart });

    await stage.act('files', (epoch) => epoch.fail(INCURABLE));
    await stage.clock.advance(1_000_000);

    expect(stage.lines.at(-1)).toBe('files connecting -> closed');
    expect(stage.epochs.names).toEqual(['files 1']);
  });

  it('restarts a permanent connection, within the same intensity', async () => {
    const stage = begin();
    await stage.add('files', { restart: 'permanent', maxRestarts: 2 });
    stage.epochs.begun = (epoch) => epoch.fail(INCURABLE);

    await stage.act('files', (epoch) => epoch.fail(INCURABLE));

    expect(stage.lines.filter((line) => line === 'files server.restarted')).toHaveLength(2);
    expect(stage.lines.at(-1)).toBe('files server.escalated');
    expect(stage.epochs.names).toEqual(['files 1', 'files 2', 'files 3']);
    expect(stage.epochs.liveCount()).toBe(0);
  });

  it('of a permanent connection that is being removed restarts nothing', async () => {
    const stage = begin();
    stage.epochs.isReleaseHeld = () => true;
    await stage.add('files', { restart: 'permanent' });
    await stage.act('files', (epoch) => epoch.fail(INCURABLE));

    await stage.send({ type: 'server.remove', server: 'files' });
    await stage.act('files', (epoch) => epoch.finishRelease());

    expect(stage.lines.at(-1)).toBe('files server.removed');
    expect(stage.epochs.names).toEqual(['files 1']);
  });
});
