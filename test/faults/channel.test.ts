/** Plays the faults of a server in the same process. */

import { runGroup } from './run.ts';

runGroup('channel');
