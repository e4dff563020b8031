/** Plays the faults of a server that is started. */

import { runGroup } from './run.ts';

runGroup('startup');
