/** Whatever a server sends over this transport, the host lives, others are served, and it can come back. */

import { expect, it } from 'vitest';
import { watchForLeaks } from '../ground/leaks.ts';
import { fuzz } from './fuzzer.ts';
import { plannedCases } from './plan.ts';

watchForLeaks();

const { seed, from, count, timeoutMs } = plannedCases(60);

it(
  `whatever it says in ${count} cases from ${from} of seed ${seed}, others are served and it comes back`,
  async () => {
    await expect(fuzz({ kind: 'streamable_http', seed, from, count })).resolves.toBeUndefined();
  },
  timeoutMs,
);
