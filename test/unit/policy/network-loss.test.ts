import { describe, expect, it } from 'vitest';
import type { Fault } from '../../../src/fault.ts';
import { isNetworkLoss, mayBeNetworkLoss } from '../../../src/policy/network-loss.ts';

describe('the loss of the network', () => {
  it.each(['ENETUNREACH', 'ENETDOWN', 'EHOSTUNREACH', 'EAI_AGAIN'])('is what %s says', (errno) => {
    expect(isNetworkLoss({ kind: 'unreachable', errno })).toBe(true);
  });

  it.each(['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND'])('is not what %s says: somebody answered', (errno) => {
    expect(isNetworkLoss({ kind: 'unreachable', errno })).toBe(false);
  });

  it('is not what a fault of another kind says', () => {
    expect(isNetworkLoss({ kind: 'stream-ended' })).toBe(false);
  });
});

describe("a fault that may be the network's", () => {
  it.each(['timed-out', 'unresponsive', 'stream-silent'])('is %s: nobody answered', (kind) => {
    expect(mayBeNetworkLoss({ kind } as Fault)).toBe(true);
  });

  it.each(['http-status', 'unauthorized', 'process-exited', 'handshake-refused'])('is not %s: somebody did', (kind) => {
    expect(mayBeNetworkLoss({ kind } as Fault)).toBe(false);
  });
});
