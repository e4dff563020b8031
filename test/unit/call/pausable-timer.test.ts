import { afterEach, describe, expect, it } from 'vitest';
import { Standstill } from '../../../src/asking/standstill.ts';
import { PausableTimer } from '../../../src/call/pausable-timer.ts';
import { SimulatedClock } from '../../../src/testing/simulated-clock.ts';

let clock = new SimulatedClock();
let standstill = new Standstill(clock);
let passedAtMs: number[] = [];

function begin(durationMs: number): PausableTimer {
  return new PausableTimer(clock, standstill, durationMs, () => passedAtMs.push(clock.monotonic()));
}

afterEach(() => {
  expect(clock.pendingCount).toBe(0);
  clock = new SimulatedClock();
  standstill = new Standstill(clock);
  passedAtMs = [];
});

describe('a timer that stands still with its server', () => {
  it('passes in time when nobody is asked', async () => {
    begin(1_000);
    await clock.advance(5_000);
    expect(passedAtMs).toEqual([1_000]);
  });

  it('has what was left when the time goes on', async () => {
    const timer = begin(1_000);
    await clock.advance(400);
    const resume = standstill.begin();
    await clock.advance(50_000);
    expect([passedAtMs, timer.leftMs, clock.pendingCount]).toEqual([[], 600, 0]);
    resume();
    await clock.advance(599);
    expect(passedAtMs).toEqual([]);
    await clock.advance(1);
    expect(passedAtMs).toEqual([51_000]);
  });

  it('stands still until the last of several questions is answered', async () => {
    begin(1_000);
    const first = standstill.begin();
    await clock.advance(300);
    const second = standstill.begin();
    await clock.advance(300);
    first();
    first();
    await clock.advance(10_000);
    expect(passedAtMs).toEqual([]);
    second();
    await clock.advance(1_000);
    expect(passedAtMs).toEqual([11_600]);
  });

  it('counts nothing of a standstill that began before it', async () => {
    const resume = standstill.begin();
    await clock.advance(5_000);
    const timer = begin(1_000);
    expect(timer.leftMs).toBe(1_000);
    resume();
    await clock.advance(1_000);
    expect(passedAtMs).toEqual([6_000]);
  });

  it('begins anew when it is restarted, and never passes when it was stopped', async () => {
    const timer = begin(1_000);
    await clock.advance(900);
    timer.restart();
    await clock.advance(900);
    expect(passedAtMs).toEqual([]);
    timer.stop();
    standstill.begin()();
    await clock.advance(10_000);
    expect(passedAtMs).toEqual([]);
  });
});
