/** Plays the faults of a server over HTTP that is opened. */

import { runGroup } from './run.ts';

runGroup('opening');
