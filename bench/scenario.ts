/** What a scenario is: one thing that is measured, in several cases, for every subject that can do it. */

import type { Subject, Target } from './subjects/subject.ts';

/** Measured values by the name of the figure. */
export type Figures = Readonly<Record<string, number>>;

/** What is written about one value. */
export interface Figure {
  readonly id: string;
  readonly label: string;
  readonly unit: string;
  /** Which end of the scale is good. */
  readonly better: 'less' | 'more';
  /** Compared with the base by ratio; otherwise the value itself is what counts. Default true. */
  readonly isRelative?: boolean;
}

/** Where a scenario is played. */
export interface Case {
  readonly id: string;
  readonly label: string;
  /** Numbers of this case, such as how many servers or bytes. */
  readonly size?: number;
  readonly transport: 'stdio' | 'http-json' | 'http-sse' | 'memory' | 'none';
  /** In the place of what the scenario says: a round that takes seconds is played less often, a noisy one more often. */
  readonly full?: Effort;
}

/** What a measuring process is given. */
export interface Stage {
  readonly subject: Subject;
  readonly subjectId: string;
  readonly case: Case;
  /** Ports of one HTTP server, each with sessions of its own. */
  readonly ports: readonly number[];
  /** Shortens what may be shortened, in place of the full form. */
  readonly isShort: boolean;
  /** The target of that number; `more` is added to the arguments or to the query. */
  target(
    server: number,
    more?: { readonly tools?: number; readonly listen?: boolean; readonly hang?: boolean },
  ): Target;
}

/** A scenario in a process of its own, opened and warm. */
export interface Play {
  /** Measure once. */
  round(): Promise<Figures>;
  close(): Promise<unknown>;
}

/** How often it is measured: sittings are fresh processes, rounds follow each other in one sitting. */
export interface Effort {
  readonly sittings: number;
  readonly rounds: number;
}

/** One file of `scenarios/`. The runner reads what it says, the measuring process plays it. */
export interface Scenario {
  readonly id: string;
  readonly title: string;
  /** How it is measured, for the page. */
  readonly about: string;
  readonly cases: readonly Case[];
  readonly figures: readonly Figure[];
  readonly full: Effort;
  /** For `bench:check`; without it, the scenario is left out there. */
  readonly short?: Effort;
  /** Idle processes do not disturb each other: all subjects are measured at once. */
  readonly atOnce?: boolean;
  /** Subjects that take part; default all that can do the transport. */
  readonly subjects?: readonly string[];
  open(stage: Stage): Promise<Play>;
}

/** One HTTP transport and the other, and stdio. */
export const WIRES: readonly Case[] = [
  { id: 'stdio', label: 'stdio', transport: 'stdio' },
  { id: 'http-json', label: 'Streamable HTTP, JSON replies', transport: 'http-json' },
  { id: 'http-sse', label: 'Streamable HTTP, SSE replies', transport: 'http-sse' },
];
