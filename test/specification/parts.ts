/** All requirements, by part of the specification, in the order of the page. */

import { AUTHORIZATION_DISCOVERY } from './authorization-discovery.ts';
import { AUTHORIZATION_FLOW } from './authorization-flow.ts';
import { ELICITATION } from './elicitation.ts';
import { LIFECYCLE } from './lifecycle.ts';
import { MESSAGES } from './messages.ts';
import { PATTERNS } from './patterns.ts';
import { RESOURCES_AND_PROMPTS } from './resources-and-prompts.ts';
import { ROOTS_AND_SAMPLING } from './roots-and-sampling.ts';
import type { SpecificationRow } from './row.ts';
import { STDIO } from './stdio.ts';
import { STREAMABLE_HTTP } from './streamable-http.ts';
import { TASKS } from './tasks.ts';
import { TOOLS } from './tools.ts';

/** Rows that belong together, under one heading. */
export interface SpecificationPart {
  readonly title: string;
  readonly rows: readonly SpecificationRow[];
}

/** The parts. */
export const PARTS: readonly SpecificationPart[] = [
  { title: 'Messages', rows: MESSAGES },
  { title: 'Beginning and ending', rows: LIFECYCLE },
  { title: 'Cancellation, progress, rounds, subscriptions', rows: PATTERNS },
  { title: 'stdio', rows: STDIO },
  { title: 'Streamable HTTP', rows: STREAMABLE_HTTP },
  { title: 'Authorization: who authorizes whom', rows: AUTHORIZATION_DISCOVERY },
  { title: 'Authorization: tokens', rows: AUTHORIZATION_FLOW },
  { title: 'Elicitation', rows: ELICITATION },
  { title: 'Roots and sampling', rows: ROOTS_AND_SAMPLING },
  { title: 'Tools', rows: TOOLS },
  { title: 'Resources, prompts, completion, logging, caching', rows: RESOURCES_AND_PROMPTS },
  { title: 'Tasks', rows: TASKS },
];

/** All rows. */
export const SPECIFICATION: readonly SpecificationRow[] = PARTS.flatMap(({ rows }) => rows);
