/** Where the time of a measured stretch goes, by whose code it is spent in: the parts, and how a profile is split into them. */

import type { Profiler } from 'node:inspector';
import type { Figure, Figures, Scenario } from '../scenario.ts';

/** The parts by which packages belong to them; what is in none is this library's, Node's, or of the benchmark itself. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  xstate: ['xstate'],
  effect: ['effect'],
  zod: ['zod', 'ajv', 'ajv-formats', 'json-schema-traverse', 'fast-deep-equal', 'fast-uri'],
  sdk: ['@modelcontextprotocol/sdk', '@modelcontextprotocol/client', '@modelcontextprotocol/core', 'cross-spawn'],
  undici: ['undici'],
};

const LABELS = {
  spawn: 'in spawn',
  own: 'this library',
  xstate: 'XState',
  effect: 'Effect',
  zod: 'zod, ajv',
  sdk: 'SDK',
  undici: 'undici',
  node: 'Node',
  garbage: 'garbage',
  rest: 'benchmark',
};

type Part = keyof typeof LABELS;

/** The parts, as figures. */
const PARTS: readonly Figure[] = Object.entries(LABELS).map(([id, label]) => ({
  id,
  label,
  unit: 'ms',
  better: 'less',
  isRelative: false,
}));

/** The same scenario, of which the parts are told instead of what it measures. */
export function profiledScenario(scenario: Scenario): Scenario {
  return { ...scenario, figures: PARTS };
}

/** Milliseconds by part, of the time in which the process was not idle. `own` is the folder of this library's code. */
export function partsOf({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile, own: string): Figures {
  const spent = new Map<number, number>();
  samples.forEach((node, at) => spent.set(node, (spent.get(node) ?? 0) + (timeDeltas[at] ?? 0)));
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parts: Record<string, number> = {};
  const visit = (node: Profiler.ProfileNode | undefined, caller: Part): void => {
    if (node === undefined || isApart(node.callFrame)) return;
    const part = partOf(node.callFrame, own) ?? caller;
    parts[part] = (parts[part] ?? 0) + (spent.get(node.id) ?? 0) / 1_000;
    for (const child of node.children ?? []) visit(byId.get(child), part);
  };
  visit(nodes[0], 'node');
  return parts;
}

/** What is no work: waiting, and the profiler itself. */
function isApart({ functionName, url }: Profiler.ProfileNode['callFrame']): boolean {
  return functionName === '(idle)' || (functionName === 'dispatch' && url === '');
}

/** Whose a frame is; nothing for what the engine does on behalf of its caller. */
function partOf({ functionName, url }: Profiler.ProfileNode['callFrame'], own: string): Part | undefined {
  if (functionName === '(garbage collector)') return 'garbage';
  if (functionName === '(root)' || functionName === '(program)') return 'node';
  // The call into the system that starts a process; it holds up the host until the command runs.
  if (functionName === 'spawn' && url === '') return 'spawn';
  if (url === '') return undefined;
  if (url.startsWith('node:')) return url.includes('/deps/undici/') ? 'undici' : 'node';
  const [, name] = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url) ?? [];
  if (name === undefined) return url.startsWith(own) ? 'own' : 'rest';
  const known = Object.entries(PACKAGES).find(([, names]) => names.includes(name));
  return (known?.[0] as Part | undefined) ?? 'rest';
}
