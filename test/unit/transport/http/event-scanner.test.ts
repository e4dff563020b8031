import { describe, expect, it } from 'vitest';
import { EventScanner, type ServerSentEvent } from '../../../../src/transport/http/event-scanner.ts';

function scan(chunks: readonly (string | Buffer)[], limitBytes = 1_000) {
  const events: ServerSentEvent[] = [];
  const retries: number[] = [];
  const scanner = new EventScanner(limitBytes, {
    event: (event) => events.push(event),
    retry: (delayMs) => retries.push(delayMs),
  });
  const fits = chunks.map((chunk) => scanner.feed(Buffer.from(chunk as string)));
  return { events, retries, fits, scanner };
}

const message = (data: string, id?: string) => ({ type: 'message', data, id });

describe('EventScanner', () => {
  it.each([
    ['line feeds', '\n'],
    ['carriage returns', '\r'],
    ['both', '\r\n'],
  ])('reads lines that end with %s, however the bytes are cut', (_, end) => {
    const text = [': note', 'event: named', 'id: 7', 'data: ä', 'data:b', '', 'data: c', '', ''].join(end);
    const whole = scan([text]).events;
    const bytes = [...Buffer.from(text)].map((byte) => Buffer.from([byte]));

    expect(whole).toEqual([{ type: 'named', data: 'ä\nb', id: '7' }, message('c')]);
    expect(scan(bytes).events).toEqual(whole);
    for (let cut = 1; cut < text.length; cut += 1) {
      expect(scan([text.slice(0, cut), text.slice(cut)]).events).toEqual(whole);
    }
  });

  it('leaves out a byte order mark, and takes one space after the colon', () => {
    expect(scan(['\ufeffdata:  two\n\n']).events).toEqual([message(' two')]);
  });

  it('tells an id without data, and an empty id, from no event at all', () => {
    expect(scan(['id: 1\n\nid:\n\nevent: x\n\n\n\n']).events).toEqual([
      { type: 'message', data: undefined, id: '1' },
      { type: 'message', data: undefined, id: '' },
    ]);
  });

  it('drops an id with a NUL and a retry that is no number', () => {
    const { events, retries } = scan(['id: a\0b\nretry: soon\nretry: 25\ndata: x\n\n']);

    expect(events).toEqual([message('x')]);
    expect(retries).toEqual([25]);
  });

  it('takes a field name without a colon for a field without a value', () => {
    expect(scan(['data\n\n']).events).toEqual([message('')]);
  });

  it('drops an event that has no end when the stream ends', () => {
    expect(scan(['data: half\n']).events).toEqual([]);
  });

  it('does not count what it does not keep: comments and finished events', () => {
    const { fits } = scan(
      Array.from({ length: 100 }, () => `: ${'x'.repeat(50)}\ndata: ${'y'.repeat(50)}\n\n`),
      200,
    );

    expect(fits.every(Boolean)).toBe(true);
  });

  it.each([
    ['a line', Array.from({ length: 10 }, () => 'x'.repeat(50))],
    ['an event of many lines', Array.from({ length: 10 }, () => 'data: 0123456789012345678901234567890123456789\n')],
  ])('says that %s is over the limit as soon as it is', (_, chunks) => {
    const { fits } = scan(chunks, 200);

    expect(fits.indexOf(false)).toBeGreaterThanOrEqual(3);
    expect(fits.indexOf(false)).toBeLessThanOrEqual(5);
  });

  it('reads nothing more of the chunk at hand once it is stopped', () => {
    const events: string[] = [];
    const scanner = new EventScanner(1_000, {
      event: ({ data }) => {
        events.push(data ?? '');
        scanner.stop();
      },
      retry: () => {},
    });
    scanner.feed(Buffer.from('data: 1\n\ndata: 2\n\n'));
    scanner.feed(Buffer.from('data: 3\n\n'));

    expect(events).toEqual(['1']);
  });

  it('takes a time that grows with the length of one event, not with its square', () => {
    const piece = Buffer.from('x'.repeat(16 * 1024));
    const timeMs = (count: number): number => {
      const startedAtMs = performance.now();
      scan([...Array.from({ length: count }, () => piece), '\n\n'], Number.MAX_SAFE_INTEGER);
      return performance.now() - startedAtMs;
    };
    timeMs(100);

    expect(timeMs(3_200)).toBeLessThan(40 * Math.max(timeMs(400), 2));
  });
});
