/** Scenarios that do not pass, each with the reason. One that passes all the same makes the run fail, so it leaves the list. */

import { keyOf, type Scenario } from './groups.ts';

/** By what `keyOf` says of a scenario. */
const EXPECTED: Readonly<Record<string, string>> = {
  '0.1.16 auth/2025-03-26-oauth-metadata-backcompat':
    'its mock answers for <origin> with metadata of the issuer <origin>/oauth, which RFC 8414, 3.3, forbids to use; ' +
    'mended in the current line, where it passes (modelcontextprotocol/conformance#359)',
};

/** Why a scenario is expected not to pass; nothing when it has to. */
export function expectedFailure(scenario: Scenario): string | undefined {
  return EXPECTED[keyOf(scenario)];
}
