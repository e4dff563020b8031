/** Plays the faults of one reply. */

import { runGroup } from './run.ts';

runGroup('reply');
