/** Properties of the readers of bytes: how the bytes are cut changes nothing, and no text makes them throw. */

import { describe, expect, it } from 'vitest';
import { type Chance, chanceOf } from '../../src/testing/chance.ts';
import { EventScanner } from '../../src/transport/http/event-scanner.ts';
import { parseMessage } from '../../src/transport/stdio/json-rpc-line.ts';
import { LineFraming } from '../../src/transport/stdio/line-framing.ts';
import { hostileEvents, hostileLines } from './framing.ts';
import { hostileMessage, LIMIT_BYTES } from './messages.ts';
import { plannedCases } from './plan.ts';
import { mutate } from './utterance.ts';

const { seed, from, count, timeoutMs } = plannedCases(300);

/** Run a property; a failure names the case. */
function forEachCase(holds: (chance: Chance) => void): void {
  for (let number = from; number < from + count; number += 1) {
    try {
      holds(chanceOf(seed, number));
    } catch (error) {
      throw new Error(`repeat with FUZZ_SEED=${seed} FUZZ_FROM=${number} FUZZ_CASES=1`, { cause: error });
    }
  }
}

function cut(bytes: Buffer, chance: Chance): Buffer[] {
  const places = Array.from({ length: chance.whole(1, 40) }, () => chance.whole(0, bytes.length));
  const ends = [...places, bytes.length].sort((a, b) => a - b);
  return ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
}

function lines(chunks: readonly Buffer[], limitBytes: number): string[] {
  const read: string[] = [];
  const framing = new LineFraming(limitBytes, {
    line: (bytes, start, end) => read.push(bytes.toString('latin1', start, end)),
    overflow: (bytes, start, end) => read.push(`too long: ${bytes.toString('latin1', start, end)}`),
  });
  for (const chunk of chunks) framing.push(chunk);
  return [...read, `left: ${framing.peekPart().toString('latin1')}`];
}

function events(chunks: readonly Buffer[], limitBytes: number): unknown[] {
  const read: unknown[] = [];
  const scanner = new EventScanner(limitBytes, {
    event: (event) => read.push(event),
    retry: (delayMs) => read.push({ delayMs }),
  });
  for (const chunk of chunks) scanner.feed(chunk);
  return read;
}

describe('the framing of lines', () => {
  it(
    'reads the same lines, the ones that are too long included, however the bytes are cut',
    () => {
      forEachCase((chance) => {
        const bytes = Buffer.from(hostileLines(chance).text, 'latin1');
        const limitBytes = chance.pick([1, 2, 100, 1_000, LIMIT_BYTES]);

        expect(lines(cut(bytes, chance), limitBytes)).toEqual(lines([bytes], limitBytes));
      });
    },
    timeoutMs,
  );
});

describe('the scanner of events', () => {
  it(
    'reads the same events and delays, however the bytes are cut',
    () => {
      forEachCase((chance) => {
        const bytes = Buffer.from(hostileEvents(chance).text, 'latin1');

        expect(events(cut(bytes, chance), LIMIT_BYTES)).toEqual(events([bytes], LIMIT_BYTES));
      });
    },
    timeoutMs,
  );

  it(
    'says before it holds much more than its limit that there is too much, however the bytes are cut',
    () => {
      forEachCase((chance) => {
        const limitBytes = chance.whole(10, 2_000);
        const line = chance.pick(['data: ä\n', ': \n', 'x', 'data: x\r', 'data:\n']);
        let tells = 0;
        const scanner = new EventScanner(limitBytes, { event: () => {}, retry: () => {} });
        let fed = 0;
        const piece = Buffer.from(line.repeat(chance.whole(1, 20)));
        // Comments are dropped as they come, so nothing of them is held.
        const isHeld = !line.startsWith(':');
        while (fed < 40 * limitBytes && tells === 0) {
          if (!scanner.feed(piece)) tells += 1;
          fed += piece.length;
        }

        expect(tells === 1).toBe(isHeld);
      });
    },
    timeoutMs,
  );
});

describe('the reading of a message', () => {
  it(
    'gives a message or the reason why it is none, whatever the text',
    () => {
      forEachCase((chance) => {
        const { text } = hostileMessage(chance);
        const message = parseMessage(mutate(text, chance).replaceAll('@ID@', '7'));

        if (typeof message === 'string') expect(['not-json', 'not-json-rpc']).toContain(message);
        else expect(message.jsonrpc).toBe('2.0');
      });
    },
    timeoutMs,
  );
});
