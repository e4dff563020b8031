import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { chooseColours } from '../../src/cli/colour.ts';
import { parseDuration, showAge, showDelay } from '../../src/cli/duration.ts';
import { cut, fit } from '../../src/cli/width.ts';

describe('cut', () => {
  it.each([
    'plain text that is long',
    '天気予報サーバーの名前',
    'e\u0301'.repeat(40),
    '👩‍👩‍👧'.repeat(20),
    '\u0300'.repeat(9_999),
  ])('never exceeds the columns (%s)', (text) => {
    for (let columns = 0; columns < 30; columns += 1) {
      expect(stringWidth(cut(text, columns))).toBeLessThanOrEqual(columns);
      expect(stringWidth(fit(text, columns))).toBe(columns);
    }
  });

  it('says that something was cut off, and leaves what fits as it is', () => {
    expect(cut('weather', 7)).toBe('weather');
    expect(cut('weather', 6)).toBe('weath…');
    expect(cut('weather', Number.POSITIVE_INFINITY)).toBe('weather');
  });
});

describe('parseDuration', () => {
  it.each([
    ['30', 's', 30_000],
    ['30', 'ms', 30],
    ['1.5s', 'ms', 1_500],
    ['500ms', 's', 500],
    ['2m', 's', 120_000],
    ['1h', 's', 3_600_000],
  ] as const)('reads %s, counted in %s, as %i ms', (text, unit, expected) => {
    expect(parseDuration(text, unit)).toBe(expected);
  });

  it.each(['', 'abc', '-1', '0', '1e3', '10 parsecs', '9999999h'])('refuses %j', (text) => {
    expect(parseDuration(text, 's')).toBeUndefined();
  });
});

describe('durations for people', () => {
  it('are short at every size', () => {
    expect([40, 420, 9_940, 12_400, 300_000].map(showDelay)).toEqual(['40 ms', '0.4 s', '9.9 s', '12 s', '5 min']);
    expect([400, 99_000, 600_000, 11_100_000, 864_000_000].map(showAge)).toEqual(['0s', '99s', '10m', '3h05m', '10d']);
  });
});

describe('chooseColours', () => {
  it.each([
    [true, {}, true],
    [false, {}, false],
    [false, { CI: 'true' }, false],
    [true, { NO_COLOR: '1' }, false],
    [true, { NO_COLOR: '' }, true],
    [false, { FORCE_COLOR: '1' }, true],
    [true, { FORCE_COLOR: '0' }, false],
    [true, { NO_COLOR: '1', FORCE_COLOR: '1' }, false],
    [true, { TERM: 'dumb' }, false],
  ])('on a terminal: %s, with %j: %s', (isTerminal, env, expected) => {
    expect(chooseColours({ isTerminal, env }).isColorSupported).toBe(expected);
  });
});
