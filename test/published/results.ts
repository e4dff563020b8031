/** What came of a run: one row for each server, as it is kept in `results.json` and shown in `docs/compatibility.md`. */

import type { TransportKind } from '../../src/index.ts';

/** What is done with each server, in this order. */
export const STEPS = ['connect', 'list', 'call', 'read', 'kill', 'recover', 'close'] as const;

/** One of them. */
export type Step = (typeof STEPS)[number];

/** What came of a step: it held, the server has nothing to try it on, or why it failed. */
export type StepResult = 'held' | 'not offered' | { readonly failed: string };

/** What came of one server. */
export interface ServerResult {
  readonly name: string;
  readonly package: string;
  readonly version: string;
  /** The package and, where it is installed, the version of what it is built with. */
  readonly builtWith: string;
  readonly transport: TransportKind;
  /** The revision that was agreed on. */
  readonly revision: string;
  readonly tools: number;
  readonly steps: Readonly<Record<Step, StepResult>>;
}

/** Whether every step held that could be tried. */
export function hasHeld({ steps }: ServerResult): boolean {
  return STEPS.every((step) => typeof steps[step] === 'string');
}
