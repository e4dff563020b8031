/** The contract on Streamable HTTP. */

import { watchForLeaks } from '../ground/leaks.ts';
import { runContract } from './contract.ts';
import { TRANSPORTS } from './transport-under-test.ts';

watchForLeaks();
runContract(TRANSPORTS.streamable_http);
