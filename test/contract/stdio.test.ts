/** The contract on stdio. */

import { watchForLeaks } from '../ground/leaks.ts';
import { runContract } from './contract.ts';
import { TRANSPORTS } from './transport-under-test.ts';

watchForLeaks();
runContract(TRANSPORTS.stdio);
