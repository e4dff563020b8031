/**
 * One connection machine on a stage: scripted epochs below it, a recording parent above it, a simulated clock around
 * it. Says what it saw as short lines, so that a failed sequence reads as one.
 */

import { type ActorRefFrom, assign, createActor, setup } from 'xstate';
import type { SupervisionPlan } from '../../src/config/effective.ts';
import type { ConnectionInput } from '../../src/connection/context.ts';
import type { ConnectionEvent } from '../../src/connection/events.ts';
import { type ConnectionMachine, connectionMachine } from '../../src/connection/machine.ts';
import type { ConnectionReport, StateChange } from '../../src/connection/state-change.ts';
import type { Fault } from '../../src/fault.ts';
import { SimulatedClock } from '../../src/testing/simulated-clock.ts';
import { scriptedGround } from './grounds.ts';
import { planOf } from './plans.ts';
import { ScriptedEpochs } from './scripted-epoch.ts';

type Message = { readonly type: string } & Record<string, unknown>;

/** A fault that trying again may cure. */
export const CURABLE: Fault = { kind: 'stream-ended' };
/** A fault that trying again cannot cure. */
export const INCURABLE: Fault = { kind: 'command-not-found', command: 'nothing' };

/** What a connection is put on the stage with. */
export interface StageOptions {
  readonly plan?: Partial<SupervisionPlan>;
  /** The numbers that chance gives, in turn; the last one for ever. */
  readonly random?: readonly number[];
  /** Whether releases wait for `finishRelease`. */
  readonly isReleaseHeld?: boolean;
  readonly input?: Partial<ConnectionInput>;
}

/** A connection machine that runs, and everything it said. */
export class ConnectionStage {
  readonly clock = new SimulatedClock();
  readonly epochs = new ScriptedEpochs();
  readonly reports: ConnectionReport[] = [];
  /** What its supervisor was told. */
  readonly messages: Message[] = [];
  readonly plan: SupervisionPlan;
  readonly actor: ActorRefFrom<ConnectionMachine>;
  readonly stop: () => void;

  constructor(options: StageOptions = {}) {
    this.plan = planOf('files', options.plan);
    this.epochs.isReleaseHeld = () => options.isReleaseHeld ?? false;
    const drawn = [...(options.random ?? [0.5])];
    const random = () => (drawn.length > 1 ? drawn.shift() : drawn[0]) ?? 0;
    const machine = connectionMachine().provide({ actors: { epoch: this.epochs.logic } });
    const input = { plan: this.plan, revision: 1, from: 'closed', epoch: 0, frozen: false, ...options.input } as const;
    const parent = createActor(
      setup({ actors: { connection: machine } }).createMachine({
        entry: assign(({ spawn }) => {
          spawn('connection', { id: 'files', input }).on('*', (report) => this.reports.push(report));
          return {};
        }),
        on: { '*': { actions: ({ event }) => this.messages.push(event) } },
      }),
      { clock: scriptedGround(this.clock, { random }) },
    );
    parent.start();
    this.actor = parent.getSnapshot().children['files'] as ActorRefFrom<ConnectionMachine>;
    this.stop = () => {
      this.epochs.finish();
      parent.stop();
    };
  }

  get changes(): StateChange[] {
    return this.reports.filter((report) => report.type === 'state.changed');
  }

  /** The states it went through, as one line. */
  get path(): string {
    return this.changes.map(({ to }) => to).join(' ');
  }

  /** Each change with everything it says but its time. */
  get lines(): string[] {
    return this.changes.map(({ from, to, epoch, attempt, cause, retryInMs, parked, held }) => {
      const why = cause === undefined ? '' : ` by ${cause.kind}`;
      const next = retryInMs === undefined ? '' : ` retry in ${retryInMs}`;
      return `${from} -> ${to} epoch ${epoch} attempt ${attempt}${why}${next}${parked ? ' parked' : ''}${held ? ' held' : ''}`;
    });
  }

  /** Where the chart is, its inner state included, such as `reconnecting.waiting`. */
  get where(): string {
    const { value } = this.actor.getSnapshot();
    return typeof value === 'string' ? value : Object.entries(value).flat().join('.');
  }

  get messageTypes(): string[] {
    return this.messages.map(({ type }) => type);
  }

  async send(event: ConnectionEvent): Promise<void> {
    this.actor.send(event);
    await this.clock.settle();
  }

  /** Let the present epoch get to `ready`. */
  async serve(): Promise<void> {
    this.epochs.latest().serve();
    await this.clock.settle();
  }

  /** Let the present epoch end by a fault. */
  async fail(fault: Fault = CURABLE): Promise<void> {
    this.epochs.latest().fail(fault);
    await this.clock.settle();
  }
}
