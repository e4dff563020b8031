/** What the referees demand of a client: the sets of the two revisions, and everything that each line of them knows. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { CURRENT, listScenarios, type Referee, STABLE } from './referees.ts';

/** The revisions that have a set: one for each of the two wires. */
const REVISIONS = ['2025-11-25', '2026-07-28'] as const;

type Revision = (typeof REVISIONS)[number];

/** One scenario of one referee, at the revision it is run at. */
export interface Scenario {
  readonly referee: Referee;
  readonly name: string;
  /** Nothing with a referee that knows one only. */
  readonly revision: Revision | undefined;
}

/** What counts as one result. */
export interface Group {
  readonly title: string;
  readonly scenarios: readonly Scenario[];
  /** Whether a scenario counts for conformance to the revision; the others are extensions, or younger than the set. */
  readonly isScored?: (scenario: Scenario) => boolean;
}

/** Every group. A scenario may be in several of them: `keyOf` tells. */
export async function groups(): Promise<Group[]> {
  const all = [...requirementSets(), await suiteAll(CURRENT), await suiteAll(STABLE)];
  const empty = all.find(({ scenarios }) => scenarios.length === 0);
  if (empty !== undefined) throw new Error(`${empty.title} has no scenario`);
  return all;
}

/** What the two revisions require. */
export function requirementSets(): Group[] {
  return REVISIONS.map(requirementSet);
}

/** The same for two scenarios whose runs would be the same. */
export function keyOf({ referee, revision, name }: Scenario): string {
  return [referee.version, revision, name].filter((part) => part !== undefined).join(' ');
}

interface RequirementSet {
  readonly client: readonly string[];
  readonly not_scored: readonly { readonly scenario: string; readonly leg: string }[];
}

function requirementSet(revision: Revision): Group {
  const text = readFileSync(join(CURRENT.folder, 'requirements', `${revision}.yaml`), 'utf8');
  const { client, not_scored: others } = parse(text) as RequirementSet;
  const unscored = others.filter(({ leg }) => leg === 'client').map(({ scenario }) => scenario);
  const scored = new Set(client);
  return {
    title: `requirements ${revision}`,
    scenarios: [...client, ...unscored].map((name) => ({ referee: CURRENT, revision, name })),
    isScored: ({ name }) => scored.has(name),
  };
}

/** Every scenario once, at the revision at which the referee runs it unless it is told another. */
async function suiteAll(referee: Referee): Promise<Group> {
  const listed = await listScenarios(referee);
  const scenarios = listed.map(({ name, revisions }): Scenario => {
    const isNew = revisions.every((revision) => revision === '2026-07-28');
    const own = isNew ? '2026-07-28' : '2025-11-25';
    return { referee, name, revision: referee.hasRevisions ? own : undefined };
  });
  return { title: `${referee.version} --suite all`, scenarios };
}
