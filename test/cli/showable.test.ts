import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { showJson, showLine, showText } from '../../src/cli/showable.ts';

const HARMFUL = Array.from({ length: 0xa0 }, (_, code) => code)
  .filter((code) => code < 0x20 || code > 0x7e)
  .map((code) => String.fromCharCode(code));
const MISLEADING = ['\u061c', '\u200e', '\u202e', '\u2028', '\u2066', '\u2069', '\ufeff', '\u{e0041}', '\ud800'];

describe('showLine', () => {
  it.each([...HARMFUL, ...MISLEADING].map((sign) => [sign.codePointAt(0)?.toString(16), sign]))(
    'leaves no trace of U+%s that a terminal or a reader could act on',
    (_, sign) => {
      const shown = showLine(`a${sign}b`);

      expect(shown).not.toContain(sign);
      expect(shown).toMatch(/^a.+b$/u);
    },
  );

  it('makes an escape sequence visible instead of removing it', () => {
    expect(showLine('\u001b]0;owned\u0007\u001b[2Jtext')).toBe('␛]0;owned␇␛[2Jtext');
  });

  it('makes one line of several, so that a server cannot write a line of its own', () => {
    expect(showLine('  one\r\n\ttwo\u2028three ')).toBe('one two three');
  });

  it('keeps the letters of all languages and joined emoji', () => {
    const text = 'naïve 天気 مرحبا 👩‍👩‍👧 e\u0301';

    expect(showLine(text)).toBe(text);
  });
});

describe('showText', () => {
  it('keeps line ends and tabs and makes other controls visible', () => {
    expect(showText('a\tb\r\nc\rd\u009b2J')).toBe('a\tb\nc␍d<U+009B>2J');
  });

  it('leaves nothing that a terminal acts on', () => {
    const shown = showText(HARMFUL.join(''));

    expect(stripVTControlCharacters(shown)).toBe(shown);
    expect(Array.from(shown).filter((sign) => sign < ' ' || (sign > '~' && sign < '\u00a0'))).toEqual(['\t', '\n']);
  });
});

describe('showJson', () => {
  it('escapes what a terminal acts on, and a reader gets the same value', () => {
    const value = { [`k${MISLEADING.join('')}`]: HARMFUL.join(''), list: [1, 'naïve 天気 👩‍👩‍👧'] };

    const json = showJson(value, 2);

    for (const sign of [...HARMFUL, ...MISLEADING]) if (sign !== '\n') expect(json).not.toContain(sign);
    expect(JSON.parse(json)).toEqual(value);
  });
});
