/** Plays the faults of the sockets between us and a server. */

import { runGroup } from './run.ts';

runGroup('socket');
