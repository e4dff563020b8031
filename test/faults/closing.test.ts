/** Plays the faults that meet a connection which is being closed. */

import { runGroup } from './run.ts';

runGroup('closing');
