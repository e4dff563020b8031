/** Plays the faults of what a server writes where messages are expected. */

import { runGroup } from './run.ts';

runGroup('framing');
