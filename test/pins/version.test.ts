/** Pins the version that servers are told to the one that is published. */

import { expect, it } from 'vitest';
import { readOwnFile } from '../../scripts/source/repository.ts';
import { VERSION } from '../../src/version.ts';

it('tells servers the version of package.json', () => {
  const { version } = JSON.parse(readOwnFile('package.json')) as { version: string };

  expect(VERSION).toBe(version);
});
