import { describe, expect, it } from 'vitest';
import { SimulatedClock } from '../../../../src/testing/simulated-clock.ts';
import { type StartPlace, StartWindow } from '../../../../src/transport/stdio/start-window.ts';

/** A window that many want to enter; who did, in order. */
class Stage {
  readonly clock = new SimulatedClock();
  readonly started: number[] = [];
  readonly places: StartPlace[] = [];
  readonly #window: StartWindow;

  constructor(size: number) {
    this.#window = new StartWindow(size, this.clock);
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

  it('does not wait for one that says nothing', async () => {
    const stage = new Stage(1);
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

  it('leaves no timer behind when all have left', async () => {
    const stage = new Stage(3);
    await stage.want(3);
    for (const number of [0, 1, 2]) await stage.leave(number);
    expect(stage.clock.pendingCount).toBe(0);
  });

  it('lets eight in within one turn of the event loop, and others in the turns that follow', async () => {
    const window = new StartWindow(100, new SimulatedClock());
    const entering = Array.from({ length: 20 }, () => window.enter());
    const atOnce = entering.filter((each) => !(each instanceof Promise));
    expect(atOnce).toHaveLength(8);
    await Promise.all(entering.map(async (each) => await each));
  });
});
