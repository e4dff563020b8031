/** Plays the faults of sessions and streams over HTTP. */

import { runGroup } from './run.ts';

runGroup('session');
