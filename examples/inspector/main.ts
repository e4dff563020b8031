/**
 * A Node agent with three supervised servers, looked at in the Stately inspector: the supervisor, a connection for
 * each server with its statechart, and each epoch. It stays until Ctrl-C; with `--once` it plays a short story
 * instead, reads the inspector's own messages, and exits non-zero and says what is missing when they lack something.
 */

import { parseArgs } from 'node:util';
import { McpSupervisor, type ServerConfig } from 'mcp-supervisor';
import { freePort } from '../servers/free-port.ts';
import { startHttpServer } from '../servers/http-server.ts';
import { everything, filesystem } from '../servers/installed-program.ts';
import { startLocalInspector } from './local-inspector.ts';
import { playStory } from './story.ts';

const { values } = parseArgs({
  options: {
    once: { type: 'boolean', default: false },
    open: { type: 'boolean', default: false },
    port: { type: 'string' },
  },
});
const port = values.port === undefined ? await freePort() : Number(values.port);

await using http = await startHttpServer('streamable_http');
const servers: ServerConfig[] = [
  { name: 'everything', transport: 'stdio', ...everything() },
  { name: 'files', transport: 'stdio', ...filesystem(import.meta.dirname) },
  { name: 'remote', transport: 'streamable_http', url: http.url },
];

// #region inspect
using inspector = startLocalInspector(port, { openBrowser: values.open });
const mcp = new McpSupervisor({ inspect: inspector.inspect });
// #endregion

if (values.once) await playStory(mcp, servers, inspector.socketUrl);
else await stay();

async function stay(): Promise<never> {
  mcp.on('state', ({ server, from, to, cause }) => console.log(server, from, '->', to, cause?.kind ?? ''));
  console.log(`Open ${inspector.pageUrl} to see the supervisor; kill a server to see it come back. Ctrl-C ends it.`);
  await mcp.addServers(servers);
  const asked = new Promise<void>((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
  for (const name of mcp.listServers()) console.log(name, 'is process', mcp.getServerInfo(name)?.pid ?? http.pid);

  await asked;
  process.once('SIGINT', () => void mcp.close({ force: true }));
  await mcp.close();
  await http.stop();
  // A page that is still open keeps the relay of the inspector alive.
  process.exit(0);
}
