/** Plays the faults of too much. */

import { runGroup } from './run.ts';

runGroup('overload');
