/** What the referee demands of a client, by revision: the sets that it carries, scored or not. */

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** The revisions that have a set. */
export const REVISIONS = ['2025-11-25', '2026-07-28'] as const;

/** One scenario at one revision. */
export interface Scenario {
  readonly revision: (typeof REVISIONS)[number];
  readonly name: string;
  /** It counts for conformance; the others are extensions, or younger than the set. */
  readonly isScored: boolean;
}

/** Where the referee is installed. */
export const REFEREE = dirname(
  createRequire(import.meta.url).resolve('@modelcontextprotocol/conformance/package.json'),
);

/** Every scenario of the client sets. */
export function scenarios(): Scenario[] {
  return REVISIONS.flatMap((revision) => {
    const lines = readFileSync(join(REFEREE, 'requirements', `${revision}.yaml`), 'utf8').split('\n');
    return [
      ...scored(lines).map((name) => ({ revision, name, isScored: true })),
      ...unscored(lines).map((name) => ({ revision, name, isScored: false })),
    ];
  });
}

/** The list under `client:`. */
function scored(lines: readonly string[]): string[] {
  const from = lines.indexOf('client:') + 1;
  const to = lines.findIndex((line, index) => index >= from && /^\S/.test(line));
  return lines.slice(from, to).flatMap((line) => /^ {2}- (\S+)$/.exec(line)?.[1] ?? []);
}

/** Those under `not_scored:` that concern a client. */
function unscored(lines: readonly string[]): string[] {
  return lines.flatMap((line, index) => {
    const name = /^ {2}- scenario: (\S+)$/.exec(line)?.[1];
    return name !== undefined && lines[index + 1]?.trim() === 'leg: client' ? [name] : [];
  });
}
