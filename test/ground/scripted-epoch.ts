/**
 * Epochs under the control of a test: the real actor logic around an effect that opens nothing, says what it is told
 * to say, ends when it is told to, and is released at once or when it is told to.
 */

import * as Effect from 'effect/Effect';
import type { EpochInput } from '../../src/connection/context.ts';
import { type EffectActorLogic, fromEffect } from '../../src/connection/effect-actor.ts';
import type { EpochCommand, EpochEvent, PulseCommand } from '../../src/connection/events.ts';
import type { Fault } from '../../src/fault.ts';

type Said<E> = E extends { readonly epoch: number } ? Omit<E, 'epoch'> : never;

/** One epoch that a machine started. */
export class ScriptedEpoch {
  readonly input: EpochInput;
  readonly ended: Promise<() => Effect.Effect<never, Fault>>;
  readonly released: Promise<void>;
  isLive = true;
  /** Whether a call was answered. */
  served = false;
  /** What the machine told it beside `release`, in order. */
  readonly commands: PulseCommand[] = [];
  /** How long calls were given to end, each time it was asked to be released. */
  readonly drains: (number | undefined)[] = [];
  readonly #tell: (event: EpochEvent) => void;
  #end: (how: () => Effect.Effect<never, Fault>) => void = () => {};
  #release: () => void = () => {};

  constructor(input: EpochInput, tell: (event: EpochEvent) => void, isHeld: boolean) {
    this.input = input;
    this.#tell = tell;
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
    this.released = new Promise((resolve) => {
      this.#release = resolve;
    });
    if (!isHeld) this.#release();
  }

  /** Tell the machine something of this epoch. */
  say(event: Said<EpochEvent>): void {
    this.#tell({ ...event, epoch: this.input.epoch });
  }

  /** Get to `ready`. */
  serve(): void {
    this.say({ type: 'transport.opened' });
    this.say({ type: 'link.initialized' });
  }

  /** End by a fault, which is told before anything is released, as the real epoch does. */
  fail(fault: Fault): void {
    this.say({ type: 'epoch.faulted', fault, served: this.served });
    this.#end(() => Effect.fail(fault));
  }

  /** End by a defect. */
  crash(error: unknown = new TypeError('a defect')): void {
    this.#end(() => Effect.die(error));
  }

  /** Let a held release come to its end. */
  finishRelease(): void {
    this.#release();
  }
}

/** All epochs that were started, over one logic for all servers. */
export class ScriptedEpochs {
  readonly all: ScriptedEpoch[] = [];
  /** Whether releases of epochs started from now on wait for `finishRelease`. */
  isReleaseHeld: (server: string) => boolean = () => false;
  /** Called with each epoch as it begins. */
  begun: (epoch: ScriptedEpoch) => void = () => {};
  readonly logic: EffectActorLogic<EpochInput>;

  constructor() {
    this.logic = fromEffect<EpochInput, EpochEvent>(({ input, tell, listen }) =>
      Effect.runFork(this.#run(input, tell, listen)),
    );
  }

  /** The epoch that was started last, of one server or of all. */
  latest(server?: string): ScriptedEpoch {
    const epoch = this.all.findLast((one) => server === undefined || one.input.server === server);
    if (epoch === undefined) throw new Error(`no epoch of ${server ?? 'any server'} was started`);
    return epoch;
  }

  /** Which epochs were started, such as `['files 1', 'files 2']`. */
  get names(): string[] {
    return this.all.map(({ input }) => `${input.server} ${input.epoch}`);
  }

  /** How many epochs of a server are not released. */
  liveCount(server?: string): number {
    return this.all.filter((one) => one.isLive && (server === undefined || one.input.server === server)).length;
  }

  /** Let every release end, so that no fiber outlives its test. */
  finish(): void {
    for (const epoch of this.all) epoch.finishRelease();
  }

  #run(
    input: EpochInput,
    tell: (event: EpochEvent) => void,
    listen: (listener: (command: EpochCommand) => void) => void,
  ): Effect.Effect<never, Fault> {
    const begin = Effect.sync(() => {
      const epoch = new ScriptedEpoch(input, tell, this.isReleaseHeld(input.server));
      this.all.push(epoch);
      listen((command) =>
        command.type === 'release' ? epoch.drains.push(command.drainMs) : epoch.commands.push(command),
      );
      this.begun(epoch);
      return epoch;
    });
    const end = (epoch: ScriptedEpoch) =>
      Effect.promise(async () => {
        await epoch.released;
        epoch.isLive = false;
      });
    const life = (epoch: ScriptedEpoch) =>
      Effect.flatMap(
        Effect.promise(() => epoch.ended),
        (how) => how(),
      );
    return Effect.scoped(Effect.flatMap(Effect.acquireRelease(begin, end), life));
  }
}
