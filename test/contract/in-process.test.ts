/** The contract within the same process. */

import { watchForLeaks } from '../ground/leaks.ts';
import { runContract } from './contract.ts';
import { TRANSPORTS } from './transport-under-test.ts';

watchForLeaks();
runContract(TRANSPORTS.in_process);
