/** All suites, in the order in which a life goes. */

import type { Suite } from '../suite.ts';
import { additionSuite } from './addition.ts';
import { callSuite } from './call.ts';
import { closingSuite } from './closing.ts';
import { deathSuite } from './death.ts';
import { declaredSuite } from './declared.ts';
import { elicitationSuite } from './elicitation.ts';
import { handshakeSuite } from './handshake.ts';
import { hostileSuite } from './hostile.ts';
import { infoSuite } from './info.ts';
import { isolationSuite } from './isolation.ts';
import { listsSuite } from './lists.ts';
import { outcomeSuite } from './outcome.ts';
import { replacementSuite } from './replacement.ts';
import { rootsSuite } from './roots.ts';
import { samplingSuite } from './sampling.ts';
import { sessionSuite } from './session.ts';
import { waitingSuite } from './waiting.ts';

/** Everything that is verified on each transport. */
export const SUITES: readonly Suite[] = [
  additionSuite,
  closingSuite,
  deathSuite,
  handshakeSuite,
  sessionSuite,
  declaredSuite,
  listsSuite,
  rootsSuite,
  callSuite,
  elicitationSuite,
  samplingSuite,
  waitingSuite,
  outcomeSuite,
  isolationSuite,
  replacementSuite,
  hostileSuite,
  infoSuite,
];
