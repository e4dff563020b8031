/** Roots: declared by the host, asked for by the server. */

import { expect } from 'vitest';
import { ONE, Stand } from '../stand.ts';
import type { Suite } from '../suite.ts';

const HOME = [{ uri: 'file:///projects/agent', name: 'home' }];
const AWAY = [{ uri: 'file:///projects/away' }];

export const rootsSuite: Suite = ({ transport, verifies }) => {
  verifies('session:roots:answered', async () => {
    await using server = await transport.start();
    await using stand = new Stand();
    await stand.add(server, { roots: HOME });

    const [hello] = server.journal.entries({ kind: 'executed', method: 'initialize' });
    expect(hello?.capabilities).toEqual({ roots: { listChanged: true } });
    expect(await asked(stand)).toEqual({ result: { roots: HOME } });
  });

  verifies('session:roots:changed', async () => {
    await using server = await transport.start();
    await using stand = new Stand();
    await stand.add(server, { roots: HOME });

    await stand.mcp.setRoots(ONE, AWAY);
    await server.journal.waitFor({ kind: 'message', method: 'notifications/roots/list_changed' });
    expect(await asked(stand)).toEqual({ result: { roots: AWAY } });

    await server.kill();
    await server.revive();
    await stand.reached('ready', 2);
    expect(await asked(stand)).toEqual({ result: { roots: AWAY } });
  });

  verifies('session:roots:undeclared', async () => {
    await using server = await transport.start();
    await using stand = new Stand();
    await stand.add(server);

    const [hello] = server.journal.entries({ kind: 'executed', method: 'initialize' });
    expect(hello?.capabilities).toEqual({});
    expect(await asked(stand)).toMatchObject({ error: { code: -32_601 } });
    const params = { message: 'name?', requestedSchema: { type: 'object', properties: {} } };
    expect(await asked(stand, 'elicitation/create', params)).toMatchObject({ error: { code: -32_601 } });

    await stand.mcp.setRoots(ONE, HOME);
    expect(await asked(stand)).toMatchObject({ error: { code: -32_601 } });
    await server.kill();
    await server.revive();
    await stand.reached('ready', 2);
    expect(await asked(stand)).toEqual({ result: { roots: HOME } });
  });
};

/** What the client answers when the server asks it. */
async function asked(stand: Stand, method = 'roots/list', params?: unknown): Promise<unknown> {
  const { result, error } = JSON.parse(await stand.text('ask', { method, params })) as Record<string, unknown>;
  return error === undefined ? { result } : { error };
}
