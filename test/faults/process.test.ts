/** Plays the faults of the process that is the server. */

import { runGroup } from './run.ts';

runGroup('process');
