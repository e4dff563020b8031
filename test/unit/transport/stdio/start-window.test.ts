import { describe, expect, it } from 'vitest';
import { SimulatedClock } from '../../../../src/testing/simulated-clock.ts';
import { type StartPlace, StartWindow } from '../../../../src/transport/stdio/start-window.ts';

/** A window that many want to enter; who did, in order. */
class Stage {
  readonly clock = new SimulatedClock();
  readonly started: number[] = [];
  readonly places: StartPlace[] = [];
  /** The part of the time that the processors are idle. */
  idleShare = 0;
  looks = 0;
  readonly #window: StartWindow;
  #idleMs = 0;
  #lookedAtMs = 0;

  constructor(size: number) {
    this.#window = new StartWindow(size, { clock: this.clock, processors: () => this.#look() });
  }

  async want(count: number): Promise<void> {
    const first = this.started.length;
    for (let number = first; number < first + count; number += 1) void this.#enter(number);
    await this.clock.settle();
  }

  async leave(number: number): Promise<void> {
    this.places[number]?.leave();
    await this.clock.settle();
  }

  async #enter(number: number): Promise<void> {
    const entering = this.#window.enter();
    this.places[number] = entering instanceof Promise ? await entering : entering;
    this.started.push(number);
  }

  #look() {
    this.looks += 1;
    const totalMs = this.clock.monotonic();
    this.#idleMs += this.idleShare * (totalMs - this.#lookedAtMs);
    this.#lookedAtMs = totalMs;
    return { idleMs: this.#idleMs, totalMs };
  }
}

describe('the start window', () => {
  it('lets as many in as it has places, and one more for each that leaves, in order', async () => {
    const stage = new Stage(2);
    await stage.want(5);
    expect(stage.started).toEqual([0, 1]);
    await stage.leave(1);
    expect(stage.started).toEqual([0, 1, 2]);
    await stage.leave(0);
    await stage.leave(2);
    expect(stage.started).toEqual([0, 1, 2, 3, 4]);
  });

  it('counts nobody twice who leaves twice', async () => {
    const stage = new Stage(1);
    await stage.want(3);
    await stage.leave(0);
    await stage.leave(0);
    expect(stage.started).toEqual([0, 1]);
  });

  it('does not wait for one that says nothing while the processors are idle', async () => {
    const stage = new Stage(1);
    stage.idleShare = 0.5;
    await stage.want(3);
    await stage.clock.advance(99);
    expect(stage.started).toEqual([0]);
    await stage.clock.advance(1);
    expect(stage.started).toEqual([0, 1]);
    await stage.leave(0);
    expect(stage.started).toEqual([0, 1]);
    await stage.clock.advance(100);
    expect(stage.started).toEqual([0, 1, 2]);
  });

  it('waits while they compute, for a second', async () => {
    const stage = new Stage(1);
    await stage.want(3);
    await stage.clock.advance(999);
    expect(stage.started).toEqual([0]);
    await stage.clock.advance(1);
    expect(stage.started).toEqual([0, 1]);
    stage.idleShare = 1;
    await stage.clock.advance(100);
    expect(stage.started).toEqual([0, 1, 2]);
  });

  it('takes no place away that was had since it looked last', async () => {
    const stage = new Stage(2);
    stage.idleShare = 1;
    await stage.want(5);
    await stage.clock.advance(50);
    await stage.leave(0);
    expect(stage.started).toEqual([0, 1, 2]);
    await stage.clock.advance(50);
    expect(stage.started).toEqual([0, 1, 2, 3]);
    await stage.clock.advance(100);
    expect(stage.started).toEqual([0, 1, 2, 3, 4]);
  });

  it('does not wait where the system tells nothing of its processors', async () => {
    const clock = new SimulatedClock();
    const window = new StartWindow(1, { clock, processors: () => ({ idleMs: 0, totalMs: 0 }) });
    void window.enter();
    const second = window.enter();
    await clock.advance(100);
    await second;
  });

  it('looks at nothing, and sets no timer, while nobody waits', async () => {
    const stage = new Stage(3);
    await stage.want(3);
    expect(stage.clock.pendingCount).toBe(0);
    await stage.want(1);
    expect(stage.clock.pendingCount).toBe(1);
    await stage.leave(0);
    expect(stage.clock.pendingCount).toBe(0);
    expect(stage.looks).toBe(1);
  });

  it('lets eight in within one turn of the event loop, and others in the turns that follow', async () => {
    const stage = new Stage(100);
    const window = new StartWindow(100, { clock: stage.clock, processors: () => ({ idleMs: 0, totalMs: 0 }) });
    const entering = Array.from({ length: 20 }, () => window.enter());
    const atOnce = entering.filter((each) => !(each instanceof Promise));
    expect(atOnce).toHaveLength(8);
    await Promise.all(entering.map(async (each) => await each));
    expect(stage.clock.pendingCount).toBe(0);
  });
});
