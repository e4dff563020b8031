import { describe, expect, it } from 'vitest';
import { decideRestart } from '../../../src/policy/restart-intensity.ts';

describe('decideRestart', () => {
  it.each([
    ['permanent', 'crashed', 'restart'],
    ['permanent', 'closed', 'restart'],
    ['transient', 'crashed', 'restart'],
    ['transient', 'closed', 'drop'],
    ['temporary', 'crashed', 'drop'],
    ['temporary', 'closed', 'drop'],
  ] as const)('answers a %s child that %s with %s', (restart, exit, decision) => {
    expect(decideRestart(restart, exit, 0, 3)).toBe(decision);
  });

  it('parks with the first crash beyond the intensity', () => {
    expect([0, 1, 2, 3, 4].map((made) => decideRestart('transient', 'crashed', made, 3))).toEqual([
      'restart',
      'restart',
      'restart',
      'park',
      'park',
    ]);
  });

  it('parks at once when no restart is allowed', () => {
    expect(decideRestart('permanent', 'crashed', 0, 0)).toBe('park');
  });

  it('drops rather than parks a child that is not restarted anyway', () => {
    expect(decideRestart('temporary', 'crashed', 99, 3)).toBe('drop');
  });
});
