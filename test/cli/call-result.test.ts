import { describe, expect, it } from 'vitest';
import { resultText } from '../../src/cli/call-result.ts';
import type { CallToolResult } from '../../src/index.ts';

const RESULT: CallToolResult = {
  content: [
    { type: 'text', text: 'one\n\u001b[2Jtwo' },
    { type: 'image', mimeType: 'image/png', data: Buffer.alloc(4_096).toString('base64') },
    { type: 'audio', mimeType: 'audio/wav\u001b[2J', data: Buffer.alloc(2).toString('base64') },
    { type: 'resource_link', name: 'a link', uri: 'file:///a' },
    { type: 'resource', resource: { uri: 'file:///b', mimeType: 'text/plain', text: 'in\u009bside' } },
    { type: 'resource', resource: { uri: 'file:///c', blob: Buffer.alloc(2_000_000).toString('base64') } },
  ],
};

describe('resultText', () => {
  it('shows text as text and says of everything else what it is and how large', () => {
    expect(resultText(RESULT, true).split('\n')).toEqual([
      'one',
      '␛[2Jtwo',
      '[image: image/png, 4.1 kB]',
      '[audio: audio/wav␛[2J, 2 bytes]',
      '[link: a link, file:///a]',
      '[resource: file:///b, text/plain]',
      'in<U+009B>side',
      '[resource: file:///c, 2.0 MB]',
    ]);
  });

  it('passes text on as it is when the reader is no terminal', () => {
    expect(resultText(RESULT, false)).toContain('one\n\u001b[2Jtwo\n');
  });

  it('shows structured content when there is nothing else', () => {
    expect(JSON.parse(resultText({ content: [], structuredContent: { a: 1 } }, true))).toEqual({ a: 1 });
  });
});
