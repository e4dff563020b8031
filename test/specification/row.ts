/**
 * What one row of the page about the specification is: a requirement on a client, who fulfils it, and what shows it.
 * Plain data, so that `docs/specification.md` is generated from it.
 */

import type { RequirementId } from '../contract/requirements.ts';

/** A text that requires something. The extension of tasks is a text of its own, for servers of 2026-07-28. */
export type Revision = '2025-11-25' | '2026-07-28' | 'tasks';

/** Where a requirement stands. */
export interface Place {
  readonly revision: Revision;
  /** The page below the text, and its heading as in the address: `basic/lifecycle#initialization`. */
  readonly section: string;
}

/** How strongly it is required; `text` where it is said without a keyword. */
export type Level = 'MUST' | 'MUST NOT' | 'SHOULD' | 'SHOULD NOT' | 'MAY' | 'text';

/** Who fulfils it: the SDK that this library runs on, this library, or the application that uses it. */
export type Party = 'sdk' | 'runtime' | 'host';

/** What shows that it is fulfilled. */
export type Evidence =
  | { readonly file: string; readonly title: string }
  /** A requirement of the contract that every transport is held to. */
  | { readonly contract: RequirementId }
  /** A row of the table of faults. */
  | { readonly fault: string }
  /** A scenario of the official referee (`npm run conformance`). */
  | { readonly scenario: string };

/** One requirement. */
export interface SpecificationRow {
  /** `area:detail`, unique. */
  readonly id: `${string}:${string}`;
  readonly places: readonly Place[];
  readonly level: Level;
  /** In our words, as an order to a client. */
  readonly requirement: string;
  readonly by: readonly Party[];
  /** What we do; where the host has to act, what it is given for that. */
  readonly note: string;
  readonly tests?: readonly Evidence[];
  /** Why nothing shows it. */
  readonly open?: string;
}

/** In revision 2025-11-25 alone. */
export function in2025(section: string): Place[] {
  return [{ revision: '2025-11-25', section }];
}

/** In revision 2026-07-28 alone. */
export function in2026(section: string): Place[] {
  return [{ revision: '2026-07-28', section }];
}

/** In both revisions, under the same heading of the same page unless another is given. */
export function inBoth(section: string, later = section): Place[] {
  return [...in2025(section), ...in2026(later)];
}

/** In the extension of tasks. */
export function inTasks(section: string): Place[] {
  return [{ revision: 'tasks', section }];
}

/** Tests of one file, by their titles as written there. */
export function tests(file: string, ...titles: string[]): Evidence[] {
  return titles.map((title) => ({ file: `test/${file}`, title }));
}

/** Requirements of the contract. */
export function contract(...ids: RequirementId[]): Evidence[] {
  return ids.map((id) => ({ contract: id }));
}

/** Rows of the table of faults. */
export function faults(...ids: string[]): Evidence[] {
  return ids.map((fault) => ({ fault }));
}

/** Scenarios of the referee. */
export function scenarios(...names: string[]): Evidence[] {
  return names.map((scenario) => ({ scenario }));
}
