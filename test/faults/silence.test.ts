/** Plays the faults of a server that says nothing, or no more than no. */

import { runGroup } from './run.ts';

runGroup('silence');
