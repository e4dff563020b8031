import { describe, expect, it } from 'vitest';
import { isNetworkLoss } from '../../../src/policy/network-loss.ts';

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
