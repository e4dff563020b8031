/**
 * The supervisor machine with real connection machines on a stage: scripted epochs below, a simulated clock around,
 * every report written down as one short line.
 */

import { createActor } from 'xstate';
import type { SupervisionPlan } from '../../src/config/effective.ts';
import { EpochNumbers } from '../../src/connection/epoch-numbers.ts';
import { Lives } from '../../src/connection/lives.ts';
import { connectionMachine } from '../../src/connection/machine.ts';
import type { SupervisorEvent } from '../../src/supervisor/events.ts';
import { hear } from '../../src/supervisor/hearing.ts';
import { supervisorMachine } from '../../src/supervisor/machine.ts';
import type { SupervisorReport } from '../../src/supervisor/report.ts';
import { SimulatedClock } from '../../src/testing/simulated-clock.ts';
import { scriptedGround } from './grounds.ts';
import { planOf } from './plans.ts';
import { type ScriptedEpoch, ScriptedEpochs } from './scripted-epoch.ts';

/** A replacement for which the present connection is closed first, and has no time to drain. */
export const REPLACE = { type: 'server.replace', revision: 2, drainMs: 0, stopFirst: true } as const;

/** A supervisor that runs, and everything it made known. */
export class SupervisorStage {
  readonly clock = new SimulatedClock();
  readonly epochs = new ScriptedEpochs();
  readonly lives = new Lives();
  readonly reports: SupervisorReport[] = [];
  /** Names of servers whose epochs get to `ready` by themselves. */
  readonly serving = new Set<string>();
  readonly actor;

  constructor(closeTimeoutMs = 60_000) {
    const { clock, epochs } = this;
    epochs.begun = (epoch) => {
      if (this.serving.has(epoch.input.server)) epoch.serve();
    };
    const numbers = new EpochNumbers();
    const report = (each: SupervisorReport) => {
      if (each.type === 'server.removed') numbers.forget(each.server);
      this.reports.push(each);
    };
    const hearing = {
      lives: this.lives,
      children: () => this.actor.getSnapshot().context.children,
      report,
      send: (event: SupervisorEvent) => this.actor.send(event),
    };
    const connection = connectionMachine().provide({ actors: { epoch: epochs.logic } });
    this.actor = createActor(supervisorMachine().provide({ actors: { connection } }), {
      clock: scriptedGround(clock, {
        random: () => 0.5,
        numbers,
        lives: this.lives,
        hear: (id, each) => hear(id, each, hearing),
      }),
      input: { closeTimeoutMs, staggerMs: 100 },
    });
    this.actor.on('*', report);
    this.actor.subscribe({ error: () => {} });
    this.actor.start();
  }

  /** What it made known, such as `files closed -> connecting` and `files server.restarted`. */
  get lines(): string[] {
    return this.reports.map((report) => {
      if (report.type !== 'state.changed' && report.type !== 'replacement.changed') {
        return `${report.server} ${report.type}`;
      }
      const who = report.type === 'replacement.changed' ? `${report.server} candidate` : report.server;
      return `${who} ${report.from} -> ${report.to}${report.parked ? ' parked' : ''}${report.held ? ' held' : ''}`;
    });
  }

  /** What it made known of one server. */
  linesOf(server: string): string[] {
    return this.lines.filter((line) => line.startsWith(`${server} `));
  }

  get isClosed(): boolean {
    return this.actor.getSnapshot().status === 'done';
  }

  /** Names of the servers it remembers, in its order. */
  get names(): string[] {
    return this.actor.getSnapshot().context.children.map((child) => child.plan.name);
  }

  async send(event: SupervisorEvent): Promise<void> {
    this.actor.send(event);
    await this.clock.settle();
  }

  /** Add a server whose epochs only do what they are told to. */
  async add(name: string, plan: Partial<SupervisionPlan> = {}): Promise<void> {
    await this.send({ type: 'server.add', plan: planOf(name, plan), revision: 1 });
  }

  /** Add a server that gets to `ready` in every epoch. */
  async addServing(name: string, plan: Partial<SupervisionPlan> = {}): Promise<void> {
    this.serving.add(name);
    await this.add(name, plan);
  }

  /** Let the present epoch of a server do something, and let it come to rest. */
  async act(server: string, act: (epoch: ScriptedEpoch) => void): Promise<void> {
    act(this.epochs.latest(server));
    await this.clock.settle();
  }

  crash(server: string): Promise<void> {
    return this.act(server, (epoch) => epoch.crash());
  }

  /** Forget what was made known so far. */
  clear(): void {
    this.reports.length = 0;
  }

  async stop(): Promise<void> {
    this.epochs.finish();
    this.actor.stop();
    await this.clock.settle();
  }
}
