/** What one call costs: one after the other, and many in flight. */

import { median, quantile } from '../figures/statistics.ts';
import { type Scenario, WIRES } from '../scenario.ts';
import type { Host } from '../subjects/subject.ts';

const WARM_UP_CALLS = 4_000;
const ARGS = { text: 'a word or two' };

export const calls: Scenario = {
  id: 'calls',
  title: 'What a call costs',
  about:
    'A tool that returns its argument, called 200 times one after the other, then 300 times with 16 and with 64 calls ' +
    'in flight. CPU is what the client process used.',
  cases: [...WIRES, { id: 'memory', label: 'in memory', transport: 'memory' }],
  figures: [
    { id: 'p50', label: 'p50', unit: 'µs', better: 'less' },
    { id: 'p99', label: 'p99', unit: 'µs', better: 'less' },
    { id: 'cpu', label: 'CPU per call', unit: 'µs', better: 'less' },
    { id: 'rate1', label: 'calls/s, 1 in flight', unit: '1/s', better: 'more' },
    { id: 'rate16', label: 'calls/s, 16 in flight', unit: '1/s', better: 'more' },
    { id: 'rate64', label: 'calls/s, 64 in flight', unit: '1/s', better: 'more' },
  ],
  full: { sittings: 4, rounds: 15 },
  short: { sittings: 3, rounds: 10 },
  open: async (stage) => {
    const host = await stage.subject.open([stage.target(0)]);
    await host.ready(0);
    await inFlight(host, WARM_UP_CALLS / 2, 64);
    await inFlight(host, WARM_UP_CALLS / 2, 1);
    return {
      round: async () => {
        const one = await oneByOne(host, 200);
        return { ...one, rate16: await inFlight(host, 300, 16), rate64: await inFlight(host, 300, 64) };
      },
      close: () => host.close(),
    };
  },
};

async function oneByOne(host: Host, count: number) {
  const tookUs: number[] = [];
  const cpu = process.cpuUsage();
  const startedAt = performance.now();
  for (let call = 0; call < count; call += 1) {
    const at = performance.now();
    await host.call(0, 'echo', ARGS);
    tookUs.push((performance.now() - at) * 1_000);
  }
  const tookMs = performance.now() - startedAt;
  const { user, system } = process.cpuUsage(cpu);
  return {
    p50: median(tookUs),
    p99: quantile(tookUs, 0.99),
    cpu: (user + system) / count,
    rate1: (count / tookMs) * 1_000,
  };
}

/** Calls per second, with so many in flight all the time. */
async function inFlight(host: Host, count: number, width: number): Promise<number> {
  let left = count;
  const startedAt = performance.now();
  const lane = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await host.call(0, 'echo', ARGS);
    }
  };
  await Promise.all(Array.from({ length: width }, lane));
  return (count / (performance.now() - startedAt)) * 1_000;
}
