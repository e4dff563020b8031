/**
 * How suites verify requirements: each registers its facts with a contract, which makes tests of them, or merely
 * writes down that they were cited.
 */

import { it } from 'vitest';
import { REQUIREMENTS, type RequirementId } from './requirements.ts';
import type { Contract } from './suite.ts';
import { SUITES } from './suites/suites.ts';
import type { TransportUnderTest } from './transport-under-test.ts';

/** Make a test of each fact of each suite. */
export function runContract(transport: TransportUnderTest): void {
  register(transport, (id, fact) => {
    const text = REQUIREMENTS.find((requirement) => requirement.id === id)?.text;
    it(`${id}: ${text} [${transport.kind}]`, fact);
  });
}

/** List what the suites verify on a transport, without running any of it. */
export function citedOn(transport: TransportUnderTest): RequirementId[] {
  const cited: RequirementId[] = [];
  register(transport, (id) => void cited.push(id));
  return cited;
}

function register(transport: TransportUnderTest, take: (id: RequirementId, fact: () => Promise<void>) => void): void {
  const applies = (id: RequirementId) =>
    REQUIREMENTS.some((requirement) => requirement.id === id && requirement.on.includes(transport.kind));
  const contract: Contract = {
    transport,
    verifies: (id, fact) => {
      if (applies(id)) take(id, fact);
    },
  };
  for (const suite of SUITES) suite(contract);
}
