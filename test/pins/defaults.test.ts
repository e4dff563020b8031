/** Pins the defaults: each has a reason beside it and a name that holds its unit. */

import { describe, expect, it } from 'vitest';
import { SOURCE_TABLES } from '../../scripts/docs/source-tables.ts';
import { readOwnFile } from '../../scripts/source/repository.ts';
import { DEFAULTS } from '../../src/config/defaults.ts';

/** Names of defaults that count something, or scale it, and so have no unit. */
const WITHOUT_UNIT: readonly string[] = [
  'backoffFactor',
  'eventBufferSize',
  'heartbeatBusyMisses',
  'heartbeatMisses',
  'maxMessagesPerSecond',
  'maxMessageValues',
  'maxElicitations',
  'maxElicitationsPerMinute',
  'maxExpectedPages',
  'maxSamplings',
  'maxSamplingsPerMinute',
  'maxSamplingTokens',
  'maxInputRounds',
  'maxLogsPerSecond',
  'maxPages',
  'maxQueued',
  'maxRestarts',
  'maxRestoring',
  'maxServerRequests',
  'maxTaskPollFailures',
  'maxTaskQuestions',
  'maxStreamsPerMinute',
  'maxEntryDepth',
  'maxListEntries',
  'parkAfterAttempts',
  'stderrTailLines',
];

describe('the defaults', () => {
  it('are each documented where they are defined', () => {
    const documented = SOURCE_TABLES['defaults']?.(readOwnFile) ?? '';

    expect(Object.keys(DEFAULTS).filter((name) => !documented.includes(`| \`${name}\` |`))).toEqual([]);
  });

  it('are positive whole numbers', () => {
    const wrong = Object.entries(DEFAULTS).filter(([, value]) => !Number.isInteger(value) || value < 1);

    expect(wrong).toEqual([]);
  });

  it('say their unit in their name', () => {
    const wrong = Object.keys(DEFAULTS).filter((name) => !/(?:Ms|Bytes)$/.test(name) && !WITHOUT_UNIT.includes(name));

    expect(wrong).toEqual([]);
  });
});
