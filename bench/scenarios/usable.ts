/** How long until servers can be used: connected, tools known, a first call answered. */

import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { setImmediate } from 'node:timers/promises';
import { timeOf, within } from '../figures/cost.ts';
import type { Case, Scenario, Stage } from '../scenario.ts';
import type { Host, Target } from '../subjects/subject.ts';

/** Only where a neighbour is bad may it be that nothing comes; a slow machine starts fifty in more than that. */
const BAD_LIMIT_MS = 3_000;
const LIMIT_MS = 60_000;
const CLOSE_LIMIT_MS = 1_000;

const BAD: Case = {
  id: 'stdio-10-bad',
  label: '10 servers, stdio, one hangs, one fails',
  size: 10,
  transport: 'stdio',
  full: { sittings: 2, rounds: 4 },
};

export const usable: Scenario = {
  id: 'usable',
  title: 'Time until servers are usable',
  about:
    'Until the last healthy server is connected, its tools are listed and a first call is answered; in a process that ' +
    'has connected before, over sockets that are opened for it. Any other client does the handshake of the era it was made for; this library asks a server ' +
    `which it speaks, once a day in each process: “era asked” is the first time. With a server that hangs, ${BAD_LIMIT_MS.toLocaleString('en-US')} ms: not within that time.`,
  cases: [
    // The start of processes varies by a tenth, and what is looked for is a twentieth.
    { id: 'stdio-1', label: '1 server, stdio', size: 1, transport: 'stdio', full: { sittings: 8, rounds: 12 } },
    { id: 'stdio-10', label: '10 servers, stdio', size: 10, transport: 'stdio', full: { sittings: 8, rounds: 6 } },
    { id: 'stdio-50', label: '50 servers, stdio', size: 50, transport: 'stdio', full: { sittings: 3, rounds: 3 } },
    { id: 'http-1', label: '1 server, Streamable HTTP', size: 1, transport: 'http-json' },
    { id: 'http-10', label: '10 servers, Streamable HTTP', size: 10, transport: 'http-json' },
    { id: 'http-50', label: '50 servers, Streamable HTTP', size: 50, transport: 'http-json' },
    BAD,
  ],
  figures: [
    { id: 'usable', label: 'usable after', unit: 'ms', better: 'less' },
    { id: 'half', label: 'half of them after', unit: 'ms', better: 'less' },
    // A host maps anew each page that it touches after a fork; on some machines that costs more than what it computes.
    { id: 'faults', label: 'page faults', unit: '', better: 'less' },
  ],
  full: { sittings: 4, rounds: 6 },
  short: { sittings: 2, rounds: 3 },
  open: async (stage) => {
    await connectAll(stage, [0]);
    const round = async () => {
      if (stage.case.transport !== 'stdio') await hangUp(stage);
      return await connectAll(stage, healthy(stage));
    };
    return { round, close: async () => undefined };
  },
};

/** Let no socket outlive a round: some subjects share theirs with the host before, which nobody has who connects. */
async function hangUp({ ports }: Stage): Promise<void> {
  const asked = request({ host: '127.0.0.1', port: ports[0], path: '/hang-up', agent: false }).end();
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  await once(answer.resume(), 'end');
  // This end hears of its own in the next turn.
  await setImmediate();
}

/** Connect to all servers; the time until those given are usable, until half of them are, and what it took of memory. */
async function connectAll(
  stage: Stage,
  wanted: readonly number[],
): Promise<{ usable: number; half: number; faults: number }> {
  const targets = Array.from({ length: Math.max(1, ...wanted.map((server) => server + 1)) }, (_, server) =>
    targetOf(stage, server),
  );
  const isBad = stage.case.id === BAD.id;
  const limitMs = isBad ? BAD_LIMIT_MS : LIMIT_MS;
  const usableAtMs: number[] = [];
  let startedAtMs = 0;
  let host: Host | undefined;
  const faultsBefore = process.resourceUsage().minorPageFault;
  const tookMs = await timeOf(async () => {
    startedAtMs = performance.now();
    const opening = (async () => {
      host = await stage.subject.open(targets);
      const using = wanted.map(async (server) => {
        await use(host, server);
        usableAtMs.push(performance.now());
      });
      await Promise.all(using);
    })();
    // Whoever gives up because of a bad neighbour has not made the others usable: it is waited for in vain.
    const settled = opening.catch(() => new Promise<void>(() => undefined));
    await within(isBad ? settled : opening, limitMs);
  });
  const faults = process.resourceUsage().minorPageFault - faultsBefore;
  if (host !== undefined) await within(host.close(), CLOSE_LIMIT_MS);
  const half = (usableAtMs[Math.ceil(wanted.length / 2) - 1] ?? Number.POSITIVE_INFINITY) - startedAtMs;
  return { usable: Math.min(tookMs, limitMs), half: Math.min(half, limitMs), faults };
}

async function use(host: Host | undefined, server: number): Promise<void> {
  await host?.ready(server);
  if (host === undefined || (await host.tools(server)) === 0) throw new Error(`server ${server} lists no tools`);
  await host.call(server, 'echo', { text: 'first' });
}

/** In the bad case the third server hangs and the seventh fails. */
function targetOf(stage: Stage, server: number): Target {
  if (stage.case.id !== BAD.id) return stage.target(server);
  if (server === 2) return stage.target(server, { hang: true });
  if (server !== 6) return stage.target(server);
  return { kind: 'stdio', command: process.execPath, args: ['--eval', 'process.exit(1)'] };
}

function healthy(stage: Stage): number[] {
  const all = Array.from({ length: stage.case.size ?? 1 }, (_, server) => server);
  return stage.case.id === BAD.id ? all.filter((server) => server !== 2 && server !== 6) : all;
}
