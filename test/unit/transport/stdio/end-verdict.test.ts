import { beforeEach, describe, expect, it } from 'vitest';
import type { Fault } from '../../../../src/fault.ts';
import { EndVerdict } from '../../../../src/transport/stdio/end-verdict.ts';
import { ManualClock } from './manual-clock.ts';

const EXIT = { exitCode: 1, signal: null };
const EXITED: Fault = { kind: 'process-exited', ...EXIT, stderr: ['last'] };

let clock: ManualClock;
let faults: Fault[];
let verdict: EndVerdict;

beforeEach(() => {
  clock = new ManualClock();
  faults = [];
  verdict = new EndVerdict(
    clock,
    () => ['last'],
    (fault) => faults.push(fault),
  );
});

describe('EndVerdict', () => {
  it('falls at once when the process exits after its pipes ended', () => {
    verdict.pipeEnded('stdout');
    verdict.pipeEnded('stderr');
    expect(faults).toEqual([]);
    verdict.exited(EXIT);
    expect(faults).toEqual([EXITED]);
    expect(clock.pendingCount).toBe(0);
  });

  it('falls at once when the pipes end after the exit', () => {
    verdict.exited(EXIT);
    verdict.pipeEnded('stdout');
    expect(faults).toEqual([]);
    verdict.pipeEnded('stderr');
    expect(faults).toEqual([EXITED]);
    expect(clock.pendingCount).toBe(0);
  });

  it('falls after two quiet ticks when somebody else holds the pipes', () => {
    verdict.exited(EXIT);
    clock.elapse(20);
    expect(faults).toEqual([]);
    clock.elapse(20);
    expect(faults).toEqual([EXITED]);
    expect(clock.pendingCount).toBe(0);
  });

  it('waits while bytes come, and for 200 ms at most', () => {
    verdict.exited(EXIT);
    for (let tick = 1; tick < 10; tick += 1) {
      clock.elapse(10);
      verdict.heard();
      clock.elapse(10);
    }
    expect(faults).toEqual([]);
    verdict.heard();
    clock.elapse(20);
    expect(faults).toEqual([EXITED]);
  });

  it.each(['stdin', 'stdout'] as const)('is a closed pipe when %s ends and no exit follows within 250 ms', (pipe) => {
    verdict.pipeEnded(pipe);
    clock.elapse(249);
    expect(faults).toEqual([]);
    clock.elapse(1);
    expect(faults).toEqual([{ kind: 'pipe-closed', pipe }]);
  });

  it('is the exit when it follows the end of a pipe in time', () => {
    verdict.pipeEnded('stdin');
    clock.elapse(200);
    verdict.exited(EXIT);
    clock.elapse(1_000);
    expect(faults).toEqual([EXITED]);
  });

  it('is none when only stderr ends', () => {
    verdict.pipeEnded('stderr');
    clock.elapse(10_000);
    expect(faults).toEqual([]);
  });

  it('does not fall any more once cancelled', () => {
    verdict.exited(EXIT);
    verdict.cancel();
    clock.elapse(10_000);
    expect(faults).toEqual([]);
    expect(clock.pendingCount).toBe(0);
  });
});
