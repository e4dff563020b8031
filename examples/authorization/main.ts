/**
 * A person authorizes this client once. After that a token that expires costs nothing, the next host needs nobody, and
 * what was revoked waits for that person again. Another client authorizes itself.
 */

import assert from 'node:assert/strict';
import { CallError, FileCredentialStore, McpSupervisor, type ServerConfig } from 'mcp-supervisor';
import { temporaryFolder } from '../main-job/temporary-folder.ts';
import { freePort } from '../servers/free-port.ts';
import { startAuthorizationServer } from './authorization-server.ts';
import { visit } from './browser.ts';
import { startProtectedServer } from './protected-server.ts';

const clientId = 'nightly-report';
const clientSecret = 'the secret of the nightly report';
await using issuer = await startAuthorizationServer(clientId, clientSecret);
await using server = await startProtectedServer(issuer);
await using folder = await temporaryFolder({});
const directory = `${folder.path}/credentials`;
const { url } = server;
const redirectUrl = `http://127.0.0.1:${await freePort()}/callback`;

/** Stands for a browser with a person in it, who signs in and consents. */
async function openBrowser(page: string): Promise<void> {
  await fetch(await visit(page, redirectUrl));
}

{
  // #region person
  await using mcp = new McpSupervisor({ credentialStore: new FileCredentialStore(directory) });
  mcp.on('authorization.required', (e) => console.log(`${e.server}: somebody has to sign in`));

  const auth = { type: 'authorization-code', redirectUrl } as const;
  const wiki: ServerConfig = { name: 'wiki', transport: 'streamable_http', url, auth };
  await mcp.addServer(wiki, { waitUntil: 'added' });
  const info = await mcp.authorize('wiki', { open: openBrowser });
  console.log(`${info.name} is ${info.state}`);
  // #endregion

  issuer.expire();
  const result = await mcp.callTool('wiki', 'page');
  assert.deepEqual(result.content, [{ type: 'text', text: 'A page.' }]);
  assert.equal(issuer.refreshes, 1);
  console.log('an expired token was refreshed, and the call did not notice');

  // #region revoked
  await issuer.revoke();
  const error: unknown = await mcp.callTool('wiki', 'page').catch((reason: unknown) => reason);
  if (error instanceof CallError && error.fault?.kind === 'auth-required') {
    // It did not run: `error.outcome` is `refused`. The connection is parked, and stays so until somebody signs in.
    await mcp.authorize('wiki', { open: openBrowser });
    await mcp.callTool('wiki', 'page');
  }
  // #endregion
  assert.ok(error instanceof CallError && error.outcome === 'refused');
  console.log('a revoked one waited for that person, and then calls went on');
}

{
  await using next = new McpSupervisor({ credentialStore: new FileCredentialStore(directory) });
  next.on('authorization.required', () => assert.fail('the next host needs nobody'));
  const auth = { type: 'authorization-code', redirectUrl } as const;
  await next.addServer({ name: 'wiki', transport: 'streamable_http', url, auth });
  console.log('the next host found what it needs in the store');
}

// #region machine
await using mcp = new McpSupervisor();
const auth = { type: 'client-credentials', clientId, clientSecret, issuer: issuer.issuer } as const;
await mcp.addServer({ name: 'report', transport: 'streamable_http', url, auth });
// #endregion
await mcp.callTool('report', 'page');
console.log('a client with a secret of its own needs nobody at all');
