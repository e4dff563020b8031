import { describe, expect, it } from 'vitest';
import { LineFraming } from '../../../../src/transport/stdio/line-framing.ts';

function frame(limitBytes: number): { push: (text: string | Buffer) => void; lines: string[]; framing: LineFraming } {
  const lines: string[] = [];
  const framing = new LineFraming(limitBytes, {
    line: (bytes, start, end) => lines.push(bytes.toString('utf8', start, end)),
    overflow: (bytes, start, end) => lines.push(`!${bytes.toString('utf8', start, end)}`),
  });
  return { push: (text) => framing.push(Buffer.from(text)), lines, framing };
}

describe('LineFraming', () => {
  it('gives each line of one chunk, the empty ones too', () => {
    const { push, lines } = frame(100);
    push('one\n\nthree\n');
    expect(lines).toEqual(['one', '', 'three']);
  });

  it('joins a line that arrives byte by byte, characters of several bytes included', () => {
    const { push, lines } = frame(100);
    for (const byte of Buffer.from('grüße €\nnext\n')) push(Buffer.from([byte]));
    expect(lines).toEqual(['grüße €', 'next']);
  });

  it('keeps a part until its newline comes, and shows it meanwhile', () => {
    const { push, lines, framing } = frame(100);
    push('done\nbegun');
    expect(lines).toEqual(['done']);
    expect(framing.peekPart().toString()).toBe('begun');
    push(' and ended\n');
    expect(lines).toEqual(['done', 'begun and ended']);
    expect(framing.peekPart().toString()).toBe('');
  });

  it('passes a line of exactly the limit and cuts one of a byte more, in one chunk or in parts', () => {
    const { push, lines } = frame(4);
    push('1234\n12345\n');
    for (const part of ['12', '34', '\n', '12', '345', '67', '\n', '123', '45\n', 'ok\n']) push(part);
    expect(lines).toEqual(['1234', '!1234', '1234', '!1234', '!1234', 'ok']);
  });

  it('tells of an overlong line once, before its end, and goes on with the next', () => {
    const { push, lines } = frame(4);
    push('123456');
    expect(lines).toEqual(['!1234']);
    push('more\nnext\n');
    expect(lines).toEqual(['!1234', 'next']);
  });

  it('needs time linear in the bytes of a line in many parts', () => {
    const timeOf = (bytes: number): number => {
      const { push, lines } = frame(bytes);
      const part = Buffer.alloc(1024, 'x');
      const startMs = performance.now();
      for (let sent = 0; sent < bytes; sent += part.length) push(part);
      push('\n');
      expect(lines[0]?.length).toBe(bytes);
      return performance.now() - startMs;
    };
    // The best of three: a machine that does something else meanwhile makes any one of them slow.
    const bestOf = (bytes: number): number => Math.min(timeOf(bytes), timeOf(bytes), timeOf(bytes));
    timeOf(1024 * 1024);
    const small = bestOf(2 * 1024 * 1024);
    const large = bestOf(32 * 1024 * 1024);
    // Sixteen times the bytes: a quadratic reader needs 256 times as long.
    expect(large / small).toBeLessThan(80);
  });
});
