/** What a suite is: facts about whatever transport it is given. */

import type { RequirementId } from './requirements.ts';
import type { TransportUnderTest } from './transport-under-test.ts';

/** What a suite registers its facts with, for one transport. */
export interface Contract {
  readonly transport: TransportUnderTest;
  /** Verify one requirement; nothing where it does not apply to the transport. */
  readonly verifies: (id: RequirementId, fact: () => Promise<void>) => void;
}

/** Verifies some requirements on whatever transport it is given. Runs nothing before its facts are run. */
export type Suite = (contract: Contract) => void;
