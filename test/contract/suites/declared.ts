/** What is declared for a session: log level and subscriptions, brought back, and updates told at least once. */

import { expect } from 'vitest';
import { named, ONE, rejection, Stand } from '../stand.ts';
import type { Suite } from '../suite.ts';
import type { ServerUnderTest } from '../transport-under-test.ts';

const NOTE = 'test://note';
const OTHER = 'test://other';

/** Kill a server, bring it back, and wait until it is ready again. */
async function loseAndRegain(server: ServerUnderTest, stand: Stand): Promise<void> {
  const { epoch = 0 } = stand.mcp.getServerInfo(ONE) ?? {};
  await server.kill();
  await server.revive();
  await stand.reached('ready', epoch + 1);
}

/** What was executed in the present life, such as `logging/setLevel warning`. */
function executed({ journal }: ServerUnderTest): string[] {
  const life = journal.entries({ kind: 'executed' }).at(-1)?.life;
  return journal
    .entries({ kind: 'executed' })
    .filter((entry) => entry.life === life)
    .map(({ method, uri, level }) => [method, uri ?? level].filter(Boolean).join(' '));
}

export const declaredSuite: Suite = ({ transport, verifies }) => {
  verifies('session:loglevel:restored', async () => {
    await using server = await transport.start();
    await using stand = new Stand();
    await stand.add(server, { loggingLevel: 'error' });
    expect(executed(server)).toContain('logging/setLevel error');

    await stand.mcp.setLoggingLevel(ONE, 'warning');
    expect(executed(server)).toContain('logging/setLevel warning');
    await loseAndRegain(server, stand);

    expect(executed(server)).toContain('logging/setLevel warning');
    expect(executed(server)).not.toContain('logging/setLevel error');
    expect(stand.of('session.restored').at(-1)).toMatchObject({ loggingLevel: 'warning', failed: [] });
  });

  verifies('session:subscription:restored', async () => {
    await using server = await transport.start({ resources: { [NOTE]: 'text' } });
    await using stand = new Stand();
    await stand.add(server);

    await stand.mcp.subscribeResource(ONE, NOTE);
    await loseAndRegain(server, stand);
    expect(executed(server)).toContain(`resources/subscribe ${NOTE}`);
    expect(stand.of('session.restored')).toMatchObject([{ subscriptions: [NOTE], failed: [] }]);

    await stand.mcp.unsubscribeResource(ONE, NOTE);
    expect(executed(server)).toContain(`resources/unsubscribe ${NOTE}`);
    await loseAndRegain(server, stand);
    expect(executed(server)).not.toContain(`resources/subscribe ${NOTE}`);
  });

  verifies('session:subscription:refused', async () => {
    const fault = { on: 'resources/subscribe', do: 'error', code: -32_603, skip: transport.isOwned ? 0 : 2 };
    await using server = await transport.start({
      resources: { [NOTE]: 'text', [OTHER]: 'text' },
      faults: [{ ...fault, do: 'error', times: 1, ...(transport.isOwned ? { lives: [2] } : undefined) }],
    });
    await using stand = new Stand();
    await stand.add(server);
    await stand.mcp.subscribeResource(ONE, NOTE);
    await stand.mcp.subscribeResource(ONE, OTHER);

    if (transport.isOwned) await loseAndRegain(server, stand);
    else {
      await server.control({ do: 'forget-sessions' });
      await stand.text('echo', { text: 'hello' });
    }

    expect(stand.of('session.restored')).toMatchObject([
      { subscriptions: [OTHER], failed: [{ what: 'subscription', uri: NOTE, reason: 'refused' }] },
    ]);
    expect(stand.states().at(-1)).toBe('2 ready');
  });

  verifies('session:update:told', async () => {
    await using server = await transport.start({ resources: { [NOTE]: 'one', [OTHER]: 'one' } });
    await using stand = new Stand();
    await stand.add(server);
    await stand.mcp.subscribeResource(ONE, NOTE);

    await server.control({ do: 'notify', method: 'notifications/resources/updated', params: { uri: OTHER } });
    await server.control({ do: 'update-resource', uri: NOTE, text: 'two' });

    await stand.told((event) => event.type === 'resource.updated');
    expect(stand.of('resource.updated')).toMatchObject([{ server: ONE, epoch: 1, uri: NOTE }]);
    expect(stand.of('resource.updated')[0]).not.toHaveProperty('missed');
    const { contents } = await stand.mcp.readResource(ONE, NOTE);
    expect(contents).toMatchObject([{ uri: NOTE, text: 'two' }]);
  });

  verifies('session:update:missed', async () => {
    await using server = await transport.start({ resources: { [NOTE]: ['before', 'after'], [OTHER]: 'same' } });
    await using stand = new Stand();
    await stand.add(server);
    await stand.mcp.subscribeResource(ONE, OTHER);
    await stand.mcp.subscribeResource(ONE, NOTE);
    await stand.mcp.readResource(ONE, OTHER);

    await loseAndRegain(server, stand);

    await stand.told((event) => event.type === 'resource.updated');
    expect(stand.of('resource.updated')).toMatchObject([{ server: ONE, uri: NOTE, missed: true }]);
    expect(stand.of('resource.updated')[0]?.epoch).toBeGreaterThan(1);
  });

  verifies('session:update:unheard', async () => {
    await using server = await transport.start({ resources: { [NOTE]: 'one', [OTHER]: 'same' } });
    await using stand = new Stand();
    await stand.add(server);
    for (const uri of [NOTE, OTHER]) {
      await stand.mcp.subscribeResource(ONE, uri);
      await stand.mcp.readResource(ONE, uri);
    }

    await server.control({ do: 'cut' });
    await server.control({ do: 'update-resource', uri: NOTE, text: 'two' });

    await stand.told((event) => event.type === 'resource.updated');
    expect(stand.of('resource.updated')).toMatchObject([{ epoch: 1, uri: NOTE, missed: true }]);
  });

  verifies('session:update:same', async () => {
    await using server = await transport.start({ resources: { [NOTE]: 'same' } });
    await using stand = new Stand();
    await stand.add(server);
    await stand.mcp.subscribeResource(ONE, NOTE);
    await stand.mcp.readResource(ONE, NOTE);

    await loseAndRegain(server, stand);

    const life = server.journal.entries({ kind: 'executed' }).at(-1)?.life ?? 0;
    await server.journal.waitFor({ kind: 'executed', method: 'resources/read', life });
    // A call that is answered after the reading: by then its result has arrived and was compared.
    await stand.text('echo', { text: 'hello' });
    expect(stand.of('resource.updated')).toEqual([]);
  });

  verifies('session:update:flood', async () => {
    await using server = await transport.start({ resources: { [NOTE]: 'text' } });
    await using stand = new Stand();
    await stand.add(server);
    await stand.mcp.subscribeResource(ONE, NOTE);

    const updated = { method: 'notifications/resources/updated', params: { uri: `${NOTE}/part` } };
    await server.control({ do: 'notify', ...updated, times: 4_000 });
    await stand.text('echo', { text: 'hello' });

    const count = stand.of('resource.updated').length;
    expect(count).toBeGreaterThan(0);
    expect(count).toBeLessThan(50);
  });

  verifies('session:declared:replaced', async () => {
    await using server = await transport.start({ resources: { [NOTE]: 'text' } });
    await using next = await transport.start({ resources: { [NOTE]: 'text' } });
    await using stand = new Stand();
    await stand.add(server);
    await stand.mcp.subscribeResource(ONE, NOTE);
    await stand.mcp.setLoggingLevel(ONE, 'error');

    await stand.mcp.replaceServer(named(next.config, ONE, { loggingLevel: 'debug' }));

    expect(executed(next)).toEqual(expect.arrayContaining(['logging/setLevel debug', `resources/subscribe ${NOTE}`]));
    await next.control({ do: 'update-resource', uri: NOTE, text: 'new' });
    await stand.told((event) => event.type === 'resource.updated' && event.missed === undefined);
  });

  verifies('session:capability:missing', async () => {
    await using server = await transport.start({ logging: false });
    await using stand = new Stand();
    await stand.add(server);

    for (const vain of [
      stand.mcp.readResource(ONE, NOTE),
      stand.mcp.subscribeResource(ONE, NOTE),
      stand.mcp.setLoggingLevel(ONE, 'error'),
    ]) {
      const { error } = await rejection(vain);
      expect(error).toMatchObject({ name: 'CallError', code: 'CAPABILITY_MISSING', outcome: 'not-sent', server: ONE });
    }
    await loseAndRegain(server, stand);
    expect(stand.of('session.restored')).toEqual([]);
    expect(
      server.journal.entries({ kind: 'executed' }).filter(({ method }) => /resources|logging/.test(method ?? '')),
    ).toEqual([]);
  });

  verifies('session:log:scrubbed', async () => {
    const secret = 'hunter2-canary-9f1';
    await using server = await transport.start();
    await using stand = new Stand();
    await stand.add({ config: transport.secretive(server.config, secret) });

    const params = { level: 'warning', logger: `db ${secret}`, data: { [secret]: 1, text: `password ${secret}` } };
    await server.control({ do: 'notify', method: 'notifications/message', params });

    const event = await stand.told((each) => each.type === 'log.received');
    expect(event).toMatchObject({ type: 'log.received', server: ONE, epoch: 1, level: 'warning' });
    expect(JSON.stringify(event)).toMatch(/password/);
    expect(JSON.stringify(event)).not.toContain(secret);
  });

  verifies('session:log:flood', async () => {
    await using server = await transport.start();
    await using stand = new Stand();
    await stand.add(server);

    const message = { method: 'notifications/message', params: { level: 'info', data: 'x' } };
    await server.control({ do: 'notify', ...message, times: 2_000 });
    await expect
      .poll(
        async () => {
          await server.control({ do: 'notify', ...message });
          return stand.of('log.received').some(({ dropped = 0 }) => dropped > 0);
        },
        { timeout: 5_000, interval: 200 },
      )
      .toBe(true);

    expect(stand.of('log.received').length).toBeLessThan(1_500);
  });
};
