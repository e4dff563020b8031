import type { Dispatcher } from 'undici';
import { describe, expect, it } from 'vitest';
import { Exchange } from '../../../../src/transport/http/exchange.ts';

describe('an exchange', () => {
  it('keeps empty chunks to itself, which a resumed parser hands out without end', () => {
    const taken: string[] = [];
    const sink = { take: (chunk: Buffer) => void taken.push(chunk.toString()), end: () => {}, cut: () => {} };
    const exchange = new Exchange({ responded: () => sink, failed: () => {} }, () => {});
    const controller = {} as Dispatcher.DispatchController;
    exchange.onRequestStart(controller);
    exchange.onResponseStart(controller, 200, {});

    for (const text of ['', 'data', '']) exchange.onResponseData(controller, Buffer.from(text));

    expect(taken).toEqual(['data']);
  });
});
