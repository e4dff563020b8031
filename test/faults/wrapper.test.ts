/** Plays the faults of what stands around the process. */

import { runGroup } from './run.ts';

runGroup('wrapper');
