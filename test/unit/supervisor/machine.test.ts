import { afterEach, describe, expect, it } from 'vitest';
import type { SupervisorEvent } from '../../../src/supervisor/events.ts';
import { supervisorMachine } from '../../../src/supervisor/machine.ts';
import { unanswered } from '../../ground/answers.ts';
import { INCURABLE } from '../../ground/connection-stage.ts';
import { planOf } from '../../ground/plans.ts';
import { REPLACE, SupervisorStage } from '../../ground/supervisor-stage.ts';

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

describe('the chart of the supervisor', () => {
  const EVENT_TYPES = [
    'server.add',
    'server.remove',
    'server.replace',
    'server.retry',
    'replacement.cancel',
    'close',
    'close.force',
    'connection.changed',
    'connection.released',
    'connection.failed',
    'connection.worn',
    'restart.forgotten',
    'network.lost',
    'network.returned',
    'clock.jumped',
    'xstate.error.actor.server:files',
  ] as const satisfies readonly SupervisorEvent['type'][];

  const machine = supervisorMachine();

  it('knows exactly the events of its type, and timers', () => {
    const known = machine.events.filter((descriptor) => !descriptor.startsWith('xstate.after.'));

    expect([...known].sort()).toEqual([...EVENT_TYPES].map((type) => type.replace('server:files', '*')).sort());
  });

  it('answers every event in every state, and says why where it answers with nothing', () => {
    const accidents = unanswered(machine.root, EVENT_TYPES).filter((line) => !line.startsWith('supervisor.closed '));

    expect(accidents).toEqual([]);
  });
});

describe('starting', () => {
  it('begins independent servers at once, in the order in which they were added', async () => {
    const stage = begin();
    await stage.add('slow');
    await stage.addServing('files');
    await stage.addServing('wiki');

    expect(stage.epochs.names).toEqual(['slow 1', 'files 1', 'wiki 1']);
    expect(stage.linesOf('wiki').at(-1)).toBe('wiki initializing -> ready');
  });

  it('says that a server was added before anything else of it', async () => {
    const stage = begin();
    await stage.addServing('files');

    expect(stage.lines).toEqual([
      'files server.added',
      'files closed -> connecting',
      'files connecting -> initializing',
      'files initializing -> ready',
    ]);
  });

  it('begins a server only when everything it depends on is ready', async () => {
    const stage = begin();
    await stage.addServing('app', { dependsOn: ['files', 'wiki'] });
    await stage.add('files');
    await stage.add('wiki');
    expect(stage.epochs.names).toEqual(['files 1', 'wiki 1']);

    await stage.act('files', (epoch) => epoch.serve());
    expect(stage.epochs.names).toEqual(['files 1', 'wiki 1']);
    await stage.act('wiki', (epoch) => epoch.serve());

    expect(stage.epochs.names).toEqual(['files 1', 'wiki 1', 'app 1']);
  });

  it('begins a chain one by one', async () => {
    const stage = begin();
    for (const name of ['c', 'b', 'a']) stage.serving.add(name);
    await stage.add('c', { dependsOn: ['b'] });
    await stage.add('b', { dependsOn: ['a'] });

    await stage.add('a');

    expect(stage.epochs.names).toEqual(['a 1', 'b 1', 'c 1']);
  });

  it('does not let a server that cannot be connected touch the others', async () => {
    const stage = begin();
    await stage.add('broken');
    await stage.addServing('files');

    await stage.act('broken', (epoch) => epoch.fail(INCURABLE));

    expect(stage.linesOf('broken').at(-1)).toBe('broken connecting -> closed');
    expect(stage.linesOf('files').at(-1)).toBe('files initializing -> ready');
    expect(stage.epochs.liveCount('files')).toBe(1);
  });

  it('takes any name, those with dots and those that are special to objects included', async () => {
    const stage = begin();
    for (const name of ['a.b.c', '__proto__', 'constructor', 'epoch', '*']) await stage.addServing(name);

    await stage.crash('a.b.c');
    await stage.crash('__proto__');

    expect(stage.epochs.names).toEqual([
      'a.b.c 1',
      '__proto__ 1',
      'constructor 1',
      'epoch 1',
      '* 1',
      'a.b.c 2',
      '__proto__ 2',
    ]);
  });
});

describe('removing', () => {
  it('closes the connection, and says that the server was removed when nothing of it is left', async () => {
    const stage = begin();
    stage.epochs.isReleaseHeld = () => true;
    await stage.addServing('files');
    stage.clear();

    await stage.send({ type: 'server.remove', server: 'files' });
    expect(stage.lines).toEqual(['files ready -> closed']);
    await stage.act('files', (epoch) => epoch.finishRelease());

    expect(stage.lines).toEqual(['files ready -> closed', 'files server.removed']);
    expect(stage.names).toEqual([]);
    expect(stage.actor.getSnapshot().children).toEqual({});
  });

  it('forgets a server that was never started at once', async () => {
    const stage = begin();
    await stage.add('app', { dependsOn: ['files'] });

    await stage.send({ type: 'server.remove', server: 'app' });

    expect(stage.lines).toEqual(['app server.added', 'app server.removed']);
  });

  it('twice says it once', async () => {
    const stage = begin();
    stage.epochs.isReleaseHeld = () => true;
    await stage.addServing('files');

    await stage.send({ type: 'server.remove', server: 'files' });
    await stage.send({ type: 'server.remove', server: 'files' });
    await stage.act('files', (epoch) => epoch.finishRelease());
    await stage.send({ type: 'server.remove', server: 'files' });

    expect(stage.lines.filter((line) => line === 'files server.removed')).toHaveLength(1);
  });

  it('is done too when the connection crashes while it is stopping, whatever its policy', async () => {
    const stage = begin();
    stage.epochs.isReleaseHeld = () => true;
    await stage.addServing('files', { restart: 'permanent' });
    const epoch = stage.epochs.latest();
    await stage.send({ type: 'server.remove', server: 'files' });

    stage.actor.send({ type: 'xstate.error.actor.server:files', actorId: 'server:files', error: new TypeError('no') });
    epoch.finishRelease();
    await stage.clock.advance(1_000_000);

    expect(stage.lines.at(-1)).toBe('files server.removed');
    expect(stage.epochs.names).toEqual(['files 1']);
  });

  it('lets the same name be added again, numbered from 1', async () => {
    const stage = begin();
    await stage.addServing('files');
    await stage.send({ type: 'server.remove', server: 'files' });

    await stage.addServing('files');

    expect(stage.epochs.names).toEqual(['files 1', 'files 1']);
  });
});

describe('replacing', () => {
  it('closes the present connection first, then begins the new one, numbered on', async () => {
    const stage = begin();
    stage.epochs.isReleaseHeld = () => true;
    await stage.addServing('files');
    stage.clear();
    const plan = planOf('files', { connectTimeoutMs: 7 });

    await stage.send({ ...REPLACE, plan });
    expect(stage.epochs.names).toEqual(['files 1']);
    await stage.act('files', (epoch) => epoch.finishRelease());

    expect(stage.epochs.names).toEqual(['files 1', 'files 2']);
    expect(stage.lines).toEqual([
      'files server.replaced',
      'files ready -> closed',
      'files closed -> connecting',
      'files connecting -> initializing',
      'files initializing -> ready',
    ]);
    expect(stage.actor.getSnapshot().context.children[0]?.plan).toBe(plan);
  });

  it('begins the new one too when the present one crashes while it is stopping', async () => {
    const stage = begin();
    stage.epochs.isReleaseHeld = () => true;
    await stage.addServing('files', { restart: 'temporary' });
    await stage.send({ ...REPLACE, plan: planOf('files') });

    stage.actor.send({ type: 'xstate.error.actor.server:files', actorId: 'server:files', error: new TypeError('no') });
    await stage.clock.settle();

    expect(stage.epochs.names).toEqual(['files 1', 'files 2']);
    expect(stage.lines).not.toContain('files server.removed');
  });

  it('waits for what the new plan depends on', async () => {
    const stage = begin();
    await stage.addServing('files');
    await stage.send({ ...REPLACE, plan: planOf('files', { dependsOn: ['wiki'] }) });
    expect(stage.epochs.names).toEqual(['files 1']);

    await stage.addServing('wiki');

    expect(stage.epochs.names).toEqual(['files 1', 'wiki 1', 'files 2']);
  });

  it('ends in removal when the server is removed meanwhile', async () => {
    const stage = begin();
    stage.epochs.isReleaseHeld = () => true;
    await stage.addServing('files');
    await stage.send({ ...REPLACE, plan: planOf('files') });

    await stage.send({ type: 'server.remove', server: 'files' });
    await stage.act('files', (epoch) => epoch.finishRelease());

    expect(stage.lines.at(-1)).toBe('files server.removed');
    expect(stage.epochs.names).toEqual(['files 1']);
  });
});

describe('retrying', () => {
  it('begins the next attempt of a connection that waits', async () => {
    const stage = begin();
    await stage.add('files');
    await stage.act('files', (epoch) => epoch.fail({ kind: 'stream-ended' }));

    await stage.send({ type: 'server.retry', server: 'files' });

    expect(stage.epochs.names).toEqual(['files 1', 'files 2']);
  });

  it('revives a connection that a fault closed', async () => {
    const stage = begin();
    await stage.add('files');
    await stage.act('files', (epoch) => epoch.fail(INCURABLE));

    await stage.send({ type: 'server.retry', server: 'files' });

    expect(stage.linesOf('files').at(-1)).toBe('files closed -> connecting');
  });

  it.each(['server.retry', 'server.remove'] as const)('of an unknown server changes nothing: %s', async (type) => {
    const stage = begin();

    await stage.send({ type, server: 'nobody' });

    expect(stage.lines).toEqual([]);
  });
});
