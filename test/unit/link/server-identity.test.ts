import { expect, it } from 'vitest';
import { scrubIdentity } from '../../../src/link/server-identity.ts';

const scrub = (text: string) => text.replaceAll('canary', '***');

/** What is kept of capabilities that a server said it has. */
const keptOf = (capabilities: object) =>
  scrubIdentity(scrub, { era: 'discover', protocolVersion: '2026-07-28', capabilities }).capabilities;

it('keeps what is decided by, though a secret is called like it', () => {
  const said = {
    tools: { listChanged: true },
    prompts: { listChanged: false },
    resources: { subscribe: true, listChanged: true },
    logging: {},
    completions: {},
  };
  const anyWord = (text: string) => text.replaceAll(/tools|prompts|resources|listChanged|subscribe/g, '***');

  expect(
    scrubIdentity(anyWord, { era: 'discover', protocolVersion: '2026-07-28', capabilities: said }).capabilities,
  ).toEqual(said);
});

it.each(['tools', 'prompts', 'resources', 'logging', 'completions', 'experimental'])(
  'shows no secret that a server put among its %s',
  (name) => {
    const said = { [name]: { listChanged: true, note: 'a canary', canary: true } };

    expect(JSON.stringify(keptOf(said))).not.toContain('canary');
    expect(keptOf(said)).toHaveProperty(name);
  },
);
