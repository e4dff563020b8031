/** A measuring process: it plays one scenario with one subject, so that no subject disturbs another. */

import { fileURLToPath } from 'node:url';
import { watchCosts } from '../figures/cost.ts';
import type { Case, Figures, Play, Stage } from '../scenario.ts';
import { scenarioOf } from '../scenarios/registry.ts';
import type { Subject } from '../subjects/subject.ts';
import { CostProfile } from './cost-profile.ts';
import type { Answer, Order } from './orders.ts';

const STDIO_SERVER = fileURLToPath(new URL('../servers/stdio.js', import.meta.url));

let play: Play | undefined;
let profile: CostProfile | undefined;

process.on('message', (order: Order) => {
  void obey(order).then(
    (figures) => tell({ number: order.number, ...(figures && { figures }) }),
    (error: unknown) => tell({ number: order.number, error: error instanceof Error ? error.message : String(error) }),
  );
});
process.on('disconnect', () => process.exit());

function tell(answer: Answer): void {
  process.send?.(answer);
}

async function obey(order: Order): Promise<Figures | undefined> {
  switch (order.verb) {
    case 'open': {
      const { subject } = (await import(new URL(`../subjects/${order.module}.js`, import.meta.url).href)) as {
        readonly subject: Subject;
      };
      const { case: played, ports, isShort, isProfiled } = order;
      if (isProfiled) profile = new CostProfile(new URL('.', process.env['MCP_SUPERVISOR_ENTRY'] ?? 'file:///-/').href);
      if (profile !== undefined) watchCosts((work) => profile?.of(work) ?? work());
      const target = targetOf(played, ports);
      const stage: Stage = { subject, subjectId: order.subject, case: played, ports, isShort, target };
      play = await scenarioOf(order.scenario).open(stage);
      return undefined;
    }
    case 'round':
      profile?.take();
      return profile === undefined ? await play?.round() : await play?.round().then(() => profile?.take());
    case 'close':
      await play?.close();
      return undefined;
  }
}

function targetOf(played: Case, ports: readonly number[]): Stage['target'] {
  return (server, { tools, listen, hang } = {}) => {
    if (played.transport === 'memory') return { kind: 'memory' };
    if (played.transport === 'stdio' || played.transport === 'none') {
      const args = [STDIO_SERVER];
      if (tools !== undefined) args.push('--tools', String(tools));
      if (hang) args.push('--hang');
      return { kind: 'stdio', command: process.execPath, args };
    }
    const port = ports[server];
    if (port === undefined) throw new Error(`no port for server ${server}`);
    const query = new URLSearchParams({ ...(tools && { tools: String(tools) }), ...(listen && { listen: '1' }) });
    const path = hang ? 'hang' : played.transport === 'http-sse' ? 'sse' : 'json';
    return { kind: 'http', url: `http://127.0.0.1:${port}/${path}${query.size > 0 ? `?${query.toString()}` : ''}` };
  };
}
