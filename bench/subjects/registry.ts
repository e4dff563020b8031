/** Who takes part. The modules are named only: each is loaded in a process of its own. */

/** A subject, before its code is loaded. */
export interface Entrant {
  readonly id: string;
  readonly label: string;
  /** The module in this folder. */
  readonly module: string;
  /** The npm package, whose version and size are told. */
  readonly package?: string;
  /** Takes a transport object of ours, so that it can be measured in memory. */
  readonly inMemory: boolean;
  /** The scenarios it takes part in, where that is not all. */
  readonly only?: readonly string[];
  /** Where this library was built, if it is the subject. */
  readonly entry?: string;
}

export const BASE_ID = 'raw-v1';
/** The base once more, in another process: what differs between the two is noise. */
export const TWIN_ID = 'raw-v1-again';
export const OWN_ID = 'supervisor';
/** It has to ask what its servers speak. */
export const ASKING_ID = 'supervisor-asking';
export const PARENT_ID = 'supervisor-base';

const V1 = { module: 'raw-v1', package: '@modelcontextprotocol/sdk', inMemory: true };

/** Everyone but this library, which is built from the checkout. */
const OTHERS: readonly Entrant[] = [
  { id: BASE_ID, label: 'raw SDK v1 (base)', ...V1 },
  { id: TWIN_ID, label: 'raw SDK v1, again (A/A)', ...V1 },
  { id: 'raw-v2', label: 'raw SDK v2', module: 'raw-v2', package: '@modelcontextprotocol/client', inMemory: true },
  { id: 'ai-sdk', label: '@ai-sdk/mcp', module: 'ai-sdk', package: '@ai-sdk/mcp', inMemory: true },
  {
    id: 'langchain',
    label: '@langchain/mcp-adapters',
    module: 'langchain',
    package: '@langchain/mcp-adapters',
    inMemory: false,
  },
  { id: 'mcp-use', label: 'mcp-use', module: 'mcp-use', package: 'mcp-use', inMemory: false },
  { id: 'mastra', label: '@mastra/mcp', module: 'mastra', package: '@mastra/mcp', inMemory: false },
  { id: 'mcporter', label: 'mcporter', module: 'mcporter', package: 'mcporter', inMemory: false },
  { id: 'bare', label: 'no library (limit)', module: 'bare', inMemory: true },
];

/** This library first, an earlier revision of it next where one is given, then the others. */
export function entrants(entry: string, parent?: { readonly entry: string; readonly revision: string }): Entrant[] {
  const own = { module: 'supervisor', inMemory: true };
  const ours: Entrant[] = [{ id: OWN_ID, label: 'mcp-supervisor', ...own, entry }];
  if (parent !== undefined) {
    ours.push({ id: PARENT_ID, label: `mcp-supervisor at ${parent.revision}`, ...own, entry: parent.entry });
  }
  ours.push({
    ...{ id: ASKING_ID, label: 'mcp-supervisor, era asked', module: 'supervisor-asking', inMemory: false, entry },
    only: ['usable'],
  });
  return [...ours, ...OTHERS];
}

/** The module of a subject, by the name of the subject. */
export function moduleOf(id: string): string {
  return OTHERS.find((entrant) => entrant.id === id)?.module ?? 'supervisor';
}

/** The npm package of a subject; nothing for this library, which is not installed but built. */
export function packageOf(id: string): string | undefined {
  return OTHERS.find((entrant) => entrant.id === id)?.package;
}
