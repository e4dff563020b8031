import { afterEach, describe, expect, it, vi } from 'vitest';
import type { InspectionEvent } from 'xstate';
import type { SupervisionPlan } from '../../../src/config/effective.ts';
import { RequestError } from '../../../src/link/link.ts';
import type { SupervisorReport } from '../../../src/supervisor/report.ts';
import { type RunningSupervisor, startSupervisor } from '../../../src/supervisor/running-supervisor.ts';
import { SimulatedClock } from '../../../src/testing/simulated-clock.ts';
import { planOf } from '../../ground/plans.ts';
import { hang, ScriptedServer } from '../../ground/scripted-server.ts';

/** The real machines, nursery and epochs over scripted ports. */
class Household {
  readonly clock = new SimulatedClock();
  readonly servers = new Map<string, ScriptedServer>();
  readonly reports: SupervisorReport[] = [];
  readonly supervisor: RunningSupervisor;
  readonly inspected: InspectionEvent[] = [];
  isUp = true;
  looks = 0;

  constructor(closeTimeoutMs = 60_000) {
    this.supervisor = startSupervisor({
      clock: this.clock,
      random: () => 0.5,
      closeTimeoutMs,
      world: { network: { isUp: () => this.#look() }, tickMs: 5_000, jumpMs: 10_000, staggerMs: 100 },
      publisher: {
        began: () => {},
        publish: (publication) => this.server(publication.server).publish(publication),
        withdraw: (publication) => this.server(publication.server).withdraw(),
        listed: () => {},
      },
      recipe: ({ server }) => this.servers.get(server)?.recipe,
      report: (report) => this.reports.push(report),
      crashed: () => {},
      inspect: (event) => this.inspected.push(event as InspectionEvent),
    });
  }

  #look(): boolean {
    this.looks += 1;
    return this.isUp;
  }

  server(name: string): ScriptedServer {
    const server = this.servers.get(name);
    if (server === undefined) throw new Error(`no server ${name}`);
    return server;
  }

  async add(name: string, changes: Partial<SupervisionPlan> = {}): Promise<ScriptedServer> {
    const plan = planOf(name, { releaseTimeoutMs: 1_000, ...changes });
    const server = new ScriptedServer(plan);
    this.servers.set(name, server);
    this.supervisor.send({ type: 'server.add', plan, revision: 1 });
    await this.clock.settle();
    return server;
  }

  get lines(): string[] {
    return this.reports.map(
      (report) => `${report.server} ${report.type === 'state.changed' ? report.to : report.type}`,
    );
  }
}

/** From the first server to the first look at the network. */
const FIRST_LOOK_MS = 30;

const RELEASING = ['withdrawn', 'link.close', 'transport.close', 'carrier.release'];

let households: Household[] = [];

function begin(closeTimeoutMs?: number): Household {
  const household = new Household(closeTimeoutMs);
  households.push(household);
  return household;
}

afterEach(async () => {
  for (const household of households) {
    household.supervisor.force();
    void household.supervisor.close();
    await household.clock.advance(1_000_000);
  }
  const timers = households.map(({ clock }) => clock.pendingCount);
  households = [];
  expect(timers.filter((count) => count > 0)).toEqual([]);
});

describe('a running supervisor', () => {
  it('brings a server to ready, and to the end of its resources on close', async () => {
    const household = begin();
    const server = await household.add('files');
    server.clear();

    const closing = household.supervisor.close();
    await household.clock.advance(0);
    await closing;

    expect(household.lines).toEqual([
      'files server.added',
      'files connecting',
      'files initializing',
      'files ready',
      'files closed',
      'files server.removed',
    ]);
    expect(server.journal).toEqual(RELEASING);
  });

  it('acquires nothing of an epoch before everything of the older one is released', async () => {
    const household = begin();
    const server = await household.add('files');
    let finish: () => void = () => {};
    server.script['carrier.release'] = () => new Promise<void>((resolve) => (finish = resolve));
    server.clear();

    server.end({ kind: 'stream-ended' });
    await household.clock.advance(900);
    expect(server.journal).toEqual(RELEASING);
    finish();
    await household.clock.advance(250);

    expect(server.journal.slice(0, 6)).toEqual([...RELEASING, 'carrier.load', 'carrier.construct']);
    expect(household.lines.at(-1)).toBe('files ready');
  });

  it('begins the next epoch when a release hangs, after the carrier was destroyed', async () => {
    const household = begin();
    const server = await household.add('files');
    server.script['carrier.release'] = hang;
    server.clear();

    server.end({ kind: 'stream-ended' });
    await household.clock.advance(1_000 + 250);

    expect(server.journal.slice(0, 6)).toEqual([...RELEASING, 'carrier.destroy', 'carrier.load']);
    expect(household.lines).toContain('files release.failed');
    expect(household.lines.at(-1)).toBe('files ready');
  });

  it('restarts a connection whose port has a defect, after everything of it is released', async () => {
    const household = begin();
    let opened = 0;
    const server = new ScriptedServer(planOf('files'));
    household.servers.set('files', server);
    server.script['link.open'] = () => {
      opened += 1;
      if (opened === 1) throw new TypeError('a defect');
    };

    household.supervisor.send({ type: 'server.add', plan: server.recipe.plan, revision: 1 });
    await household.clock.settle();

    expect(household.lines).toContain('files server.restarted');
    expect(household.lines).not.toContain('files reconnecting');
    expect(household.lines.at(-1)).toBe('files ready');
    expect(server.journal.filter((step) => step === 'carrier.release')).toHaveLength(1);
    expect(server.journal.lastIndexOf('carrier.load')).toBeGreaterThan(server.journal.indexOf('carrier.release'));
  });

  it('closes in reverse order of start, each server wholly before the next', async () => {
    const household = begin();
    const order: string[] = [];
    for (const name of ['a', 'b', 'c']) {
      const server = await household.add(name);
      server.script['link.close'] = () => order.push(`${name} link`);
      server.script['carrier.release'] = () => order.push(`${name} carrier`);
    }

    const closing = household.supervisor.close();
    await household.clock.advance(0);
    await closing;

    expect(order).toEqual(['c link', 'c carrier', 'b link', 'b carrier', 'a link', 'a carrier']);
  });

  it('is one promise, however often it is closed', async () => {
    const { supervisor, clock } = begin();

    expect(supervisor.close()).toBe(supervisor.close());
    await clock.advance(0);
    await supervisor.close();
  });

  it('destroys what its total deadline gave up, then resolves', async () => {
    const household = begin(500);
    const server = await household.add('files');
    server.script['carrier.release'] = hang;
    let isOver = false;

    const closing = household.supervisor.close().then(() => (isOver = true));
    await household.clock.advance(499);
    expect(server.journal).not.toContain('carrier.destroy');
    await household.clock.advance(1);
    expect(server.journal.at(-1)).toBe('carrier.destroy');
    await household.clock.advance(2_000);
    await closing;

    expect(isOver).toBe(true);
  });

  it('destroys every carrier at once when it is forced, also one whose polite release goes on', async () => {
    const household = begin();
    const files = await household.add('files');
    const wiki = await household.add('wiki');
    wiki.script['carrier.release'] = hang;
    const closing = household.supervisor.close();
    await household.clock.advance(10);
    expect(wiki.journal.at(-1)).toBe('carrier.release');

    household.supervisor.force();

    for (const server of [files, wiki]) expect(server.journal).toContain('carrier.destroy');
    await household.clock.advance(2_000);
    await closing;
  });

  it('ends an epoch that an actor system lost track of', async () => {
    const household = begin();
    const server = await household.add('files');
    server.script['link.close'] = hang;
    server.end({ kind: 'stream-ended' });
    await household.clock.settle();

    const closing = household.supervisor.close();
    await household.clock.advance(10_000);
    await closing;

    expect(server.journal.at(-1)).toBe('carrier.release');
  });

  it('takes what it is told after its end in silence', async () => {
    const household = begin();
    const closing = household.supervisor.close();
    await household.clock.advance(0);
    await closing;
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});

    household.supervisor.send({ type: 'server.add', plan: planOf('files'), revision: 1 });
    household.supervisor.force();

    expect(warn).not.toHaveBeenCalled();
    expect(household.lines).toEqual([]);
    warn.mockRestore();
  });

  it('hands every event of its machines to an inspector', async () => {
    const household = begin();
    await household.add('files');

    const actors = household.inspected.flatMap(({ type, actorRef }) => (type === '@xstate.actor' ? [actorRef] : []));
    expect(actors.map((actor) => ('id' in actor ? actor.id : ''))).toEqual(['supervisor', 'server:files', 'epoch']);
  });

  it('shows an inspector the plan of a server with its connection, and in snapshots of the supervisor its name', async () => {
    const household = begin();
    const { recipe } = await household.add('files');

    const snapshots = household.inspected.flatMap((event) => ('snapshot' in event ? [event] : []));
    const last = (id: string) => snapshots.findLast(({ actorRef }) => 'id' in actorRef && actorRef.id === id)?.snapshot;
    expect(last('supervisor')).toMatchObject({ context: { children: [{ id: 'server:files', phase: 'running' }] } });
    expect(last('supervisor')).toHaveProperty('context.children.0.plan', { name: 'files' });
    expect(last('server:files')).toHaveProperty('context.plan', recipe.plan);
  });
});

describe('the watch over the world', () => {
  it('has a timer only while there is a server', async () => {
    const household = begin();
    expect(household.clock.pendingCount).toBe(0);
    await household.add('a');
    expect(household.clock.pendingInMs).toContain(FIRST_LOOK_MS);

    household.supervisor.send({ type: 'server.remove', server: 'a' });
    await household.clock.advance(5_000);

    expect(household.clock.pendingCount).toBe(0);
  });

  it('tells within a tick that the network is lost, and that it is back', async () => {
    const household = begin();
    await household.add('a', { remote: true });
    await household.clock.advance(FIRST_LOOK_MS);
    household.isUp = false;
    await household.clock.advance(5_000);
    expect(household.lines.at(-1)).toBe('undefined world.frozen');
    household.isUp = true;

    await household.clock.advance(5_000);

    expect(household.lines.at(-1)).toBe('undefined world.thawed');
  });

  it('looks at once when a connection is lost, so that the next attempt is held', async () => {
    const household = begin();
    const server = await household.add('a', { remote: true });
    await household.clock.advance(FIRST_LOOK_MS);
    household.isUp = false;

    server.end({ kind: 'stream-ended' });
    await household.clock.advance(60_000);

    expect(household.reports.at(-1)).toMatchObject({
      type: 'state.changed',
      to: 'reconnecting',
      held: true,
      attempt: 0,
    });
    expect(server.journal.filter((step) => step === 'carrier.start')).toHaveLength(1);
  });

  it('does not look for a fault that says nothing of the network', async () => {
    const household = begin();
    const server = await household.add('a', { remote: true });
    const { looks } = household;

    server.end({ kind: 'session-lost', status: 404 });
    await household.clock.settle();

    expect(household.lines.at(-1)).toBe('a reconnecting');
    expect(household.looks).toBe(looks);
  });

  it('has a ready connection asked for a sign of life after the host slept, each at its own delay', async () => {
    const household = begin();
    const heartbeat = { intervalMs: 600_000, probeAfterMs: 600_000, timeoutMs: 5_000, misses: 2, busyMisses: 3 };
    const [one, other] = [await household.add('one', { heartbeat }), await household.add('other', { heartbeat })];
    const asked = () => [one, other].map(({ journal }) => journal.filter((step) => step === 'link.alive').length);
    await household.clock.advance(FIRST_LOOK_MS);
    household.clock.set(3_600_000 + FIRST_LOOK_MS);
    await household.clock.advance(5_000);
    expect(household.reports.at(-1)).toMatchObject({ type: 'world.thawed', gapMs: 3_600_000, released: 2 });
    expect(asked()).toEqual([0, 0]);

    await household.clock.advance(50);
    expect(asked()).toEqual([1, 0]);
    await household.clock.advance(100);

    expect(asked()).toEqual([1, 1]);
    expect(household.lines.filter((line) => line.endsWith('reconnecting'))).toEqual([]);
  });

  it('has a ready connection asked nothing while the network is lost', async () => {
    const household = begin();
    const heartbeat = { intervalMs: 1_000, probeAfterMs: 1_000, timeoutMs: 200, misses: 2, busyMisses: 3 };
    const server = await household.add('a', { remote: true, heartbeat });
    await household.clock.advance(FIRST_LOOK_MS);
    household.isUp = false;
    server.script['link.alive'] = () => Promise.reject(new RequestError({ kind: 'timed-out' }));

    await household.clock.advance(60_000);

    expect(server.journal.filter((step) => step === 'link.alive')).toHaveLength(1);
    expect(household.lines.slice(-2)).toEqual(['a heartbeat.missed', 'undefined world.frozen']);
  });
});
