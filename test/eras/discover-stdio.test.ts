/** The discover era over stdio. */

import { TRANSPORTS } from '../contract/transport-under-test.ts';
import { watchForLeaks } from '../ground/leaks.ts';
import { discoverFacts } from './facts.ts';

watchForLeaks();
discoverFacts(TRANSPORTS.stdio);
