import { describe, expect, it } from 'vitest';
import { FaultError } from '../../../src/fault.ts';
import { type DiscoveryPort, discover, discoveryFault } from '../../../src/link/discovery.ts';

const CLIENT = { clientInfo: { name: 'test', version: '1' }, capabilities: {} };
const MODERN = { supportedVersions: ['2026-07-28'], capabilities: {} };

/** Ask a server that gives these answers in turn; returns what it meant, and how often it was asked. */
async function askOne(...answers: object[]) {
  let asked = 0;
  const port: DiscoveryPort = {
    send: async (message) => {
      const answer = answers[Math.min(asked, answers.length - 1)];
      asked += 1;
      if ('id' in message) port.onmessage?.({ jsonrpc: '2.0', id: message.id, ...answer } as never);
    },
  };
  const answer = await discover(port, CLIENT, new AbortController().signal);
  return { answer, asked };
}

const error = (code: number, data?: unknown) => ({ error: { code, message: 'no', data } });

describe('a server that is asked what it speaks', () => {
  it('is discovered by a result that names our revision', async () => {
    await expect(askOne({ result: MODERN })).resolves.toEqual({
      answer: { kind: 'discovered', result: MODERN },
      asked: 1,
    });
  });

  it.each([
    ['an unknown method', error(-32_601)],
    ['a code of its own', error(-32_000)],
    ['a result of another shape', { result: {} }],
    ['older revisions only', { result: { supportedVersions: ['2025-11-25'] } }],
    ['a refusal that names older revisions only', error(-32_022, { supported: ['2025-11-25'] })],
    ['a refusal that names none', error(-32_022)],
  ])('is of the other era by %s', async (_, reply) => {
    await expect(askOne(reply)).resolves.toEqual({ answer: { kind: 'other-era' }, asked: 1 });
  });

  it('is asked once more when it refuses the revision that it names', async () => {
    const refusal = error(-32_022, { supported: ['2026-07-28'] });

    await expect(askOne(refusal, { result: MODERN })).resolves.toMatchObject({
      answer: { kind: 'discovered' },
      asked: 2,
    });
    await expect(askOne(refusal)).resolves.toEqual({ answer: { kind: 'no-revision' }, asked: 2 });
  });

  it.each([
    ['later revisions only', { result: { supportedVersions: ['2027-01-01'] } }],
    ['a refusal that names later revisions only', error(-32_022, { supported: ['2027-01-01'] })],
  ])('has no revision in common by %s', async (_, reply) => {
    await expect(askOne(reply)).resolves.toEqual({ answer: { kind: 'no-revision' }, asked: 1 });
  });

  it('refuses us by a code of the era, whose text is scrubbed', async () => {
    const { answer } = await askOne(error(-32_021));

    expect(answer).toEqual({ kind: 'refused', code: -32_021, message: 'no' });
    expect(discoveryFault(answer as never, () => '***')).toEqual({
      kind: 'handshake-refused',
      code: -32_021,
      message: '***',
    });
  });

  it('is lost by the fault that kept the question from being carried', async () => {
    const fault = { kind: 'unauthorized', status: 401 } as const;

    await expect(askOne(error(-32_000, new FaultError(fault)))).resolves.toMatchObject({
      answer: { kind: 'lost', fault },
    });
  });
});
