/** The discover era within the same process. */

import { TRANSPORTS } from '../contract/transport-under-test.ts';
import { watchForLeaks } from '../ground/leaks.ts';
import { discoverFacts } from './facts.ts';

watchForLeaks();
discoverFacts(TRANSPORTS.in_process);
