/** Pins the page about the specification: each requirement is answered, and what is said to show it is there. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT, readOwnFile } from '../../scripts/source/repository.ts';
import { titlesIn } from '../../scripts/source/test-titles.ts';
import { expectedFailure } from '../conformance/expected.ts';
import { requirementSets } from '../conformance/groups.ts';
import { REQUIREMENTS } from '../contract/requirements.ts';
import { GROUPS } from '../faults/table/groups.ts';
import { SPECIFICATION } from '../specification/parts.ts';
import type { Evidence, SpecificationRow } from '../specification/row.ts';

const faultIds: readonly string[] = Object.values(GROUPS).flatMap((group) => group.rows.map(({ id }) => id));
const contractIds: readonly string[] = REQUIREMENTS.map(({ id }) => id);
const carried = requirementSets().flatMap(({ scenarios }) => scenarios);
const titles = new Map<string, readonly string[]>();

describe('the requirements of the specification', () => {
  it('are many, each with an id of its own', () => {
    const ids = SPECIFICATION.map(({ id }) => id);

    expect(ids.filter((id) => !/^[a-z]+:[a-z0-9-]+$/.test(id))).toEqual([]);
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
    expect(ids.length).toBeGreaterThanOrEqual(150);
  });

  it('say where they stand, what they want, who does it and how', () => {
    const empty = SPECIFICATION.filter(
      ({ places, requirement, by, note }) => !(places.length > 0 && requirement && by.length > 0 && note),
    );

    expect(empty).toEqual([]);
    const sections = SPECIFICATION.flatMap(({ places }) => places.map(({ section }) => section));
    expect(sections.filter((section) => !/^[a-z0-9/-]+(?:#[a-z0-9_-]+)?$/.test(section))).toEqual([]);
  });

  it('are shown by tests where this library or its SDK fulfils them, or say why not', () => {
    const silent = SPECIFICATION.filter(
      ({ by, tests = [], open }) => tests.length === 0 && open === undefined && by.some((each) => each !== 'host'),
    );

    expect(silent.map(({ id }) => id)).toEqual([]);
  });

  it('name only tests that are there', () => {
    const missing = SPECIFICATION.flatMap(({ id, tests = [] }: SpecificationRow) =>
      tests.filter((each) => !isThere(each)).map((each) => `${id}: ${JSON.stringify(each)}`),
    );

    expect(missing).toEqual([]);
  });
});

describe('the titles of tests', () => {
  it('are read as written, also from tables and templates, and from nothing else', () => {
    const source = [
      "it('one', () => {});",
      "it.each([1, 2])('two %i', () => {});",
      'it.skipIf(true)(`three $name`, () => {});',
      "// it('not a test', () => {});",
      "expect('neither');",
    ].join('\n');

    expect(titlesIn(source, 'x.ts')).toEqual(['one', 'two %i', 'three $name']);
  });
});

function isThere(evidence: Evidence): boolean {
  if ('contract' in evidence) return contractIds.includes(evidence.contract);
  if ('fault' in evidence) return faultIds.includes(evidence.fault);
  if ('scenario' in evidence) return isPassed(evidence.scenario);
  return titlesOf(evidence.file).includes(evidence.title);
}

/** Whether the referee has the scenario, and nothing says that it does not pass. */
function isPassed(name: string): boolean {
  const played = carried.filter((scenario) => scenario.name === name);
  return played.length > 0 && played.every((scenario) => expectedFailure(scenario) === undefined);
}

function titlesOf(path: string): readonly string[] {
  const known = titles.get(path) ?? (existsSync(join(ROOT, path)) ? titlesIn(readOwnFile(path), path) : []);
  titles.set(path, known);
  return known;
}
