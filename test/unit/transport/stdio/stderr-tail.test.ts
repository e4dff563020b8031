import { describe, expect, it } from 'vitest';
import { StderrTail } from '../../../../src/transport/stdio/stderr-tail.ts';
import { CANARY, scrub } from './puppet.ts';

function tailOf(text: string, maxLines = 20): string[] {
  const tail = new StderrTail(maxLines, scrub);
  tail.push(Buffer.from(text));
  return tail.read();
}

describe('StderrTail', () => {
  it('keeps the last lines, oldest first', () => {
    expect(tailOf('one\ntwo\nthree\nfour\n', 2)).toEqual(['three', 'four']);
  });

  it('counts a last line without its newline', () => {
    expect(tailOf('one\ntwo\nthree', 2)).toEqual(['two', 'three']);
  });

  it('leaves out empty lines', () => {
    expect(tailOf('one\n\n\r\n  \ntwo\n')).toEqual(['one', 'two']);
  });

  it('shortens a line to 1 000 characters', () => {
    expect(tailOf(`${'x'.repeat(5_000)}\n`)).toEqual(['x'.repeat(1_000)]);
    expect(tailOf(`${'x'.repeat(50_000)}\nnext\n`)).toEqual(['x'.repeat(1_000), 'next']);
  });

  it('scrubs secrets, also when a control character or a colour stands inside one', () => {
    const halves = [CANARY.slice(0, 4), CANARY.slice(4)] as const;
    const lines = tailOf(`key ${CANARY}\n${halves.join('\u0000')}\n${halves.join('\u001b[31m')}\n`);
    expect(lines).toEqual(['key ***', '***', '***']);
  });

  it('shows no part of a secret that its own bounds cut in two', () => {
    // The window of 16 KiB ends before the last character of a canary, and scrubbing pulls that end into view.
    const window = 16 * 1024;
    const canaries = CANARY.repeat(Math.ceil(window / CANARY.length) + 10);
    const line = 'x'.repeat((window + 1) % CANARY.length) + canaries;
    const tail = new StderrTail(20, (text) => text.replaceAll(CANARY, '').replace(/^x+/, ''));
    tail.push(Buffer.from(`${line}\n`));
    expect(tail.read()).toEqual([]);
  });

  it('scrubs a secret that itself holds control characters', () => {
    const secret = 'se\u0007cr\u001b[1met';
    const tail = new StderrTail(20, (text) => text.replaceAll(secret, '***'));
    tail.push(Buffer.from(`with ${secret}\n`));
    expect(tail.read()).toEqual(['with ***']);
  });

  it('takes control characters and terminal sequences out', () => {
    expect(tailOf('\u001b[1mbold\u001b[0m \u0007bell\u009b2J\ttab\n')).toEqual(['bold bell\ttab']);
  });

  it('leaves lines out when the scrubber fails', () => {
    const tail = new StderrTail(20, () => {
      throw new Error('scrubber');
    });
    tail.push(Buffer.from('secret\n'));
    expect(tail.read()).toEqual([]);
  });
});
