/**
 * A stdio server that tells its secrets (environment and arguments) wherever a server can write: as `exit` on stderr and
 * stdout before it dies, as `refuse` in the error of the handshake, as `serve` in the errors of calls, as `introduce`
 * in what it says of itself.
 */

import { createInterface } from 'node:readline';

const [mode] = process.argv.slice(2);
const secrets = { ...process.env, argv: process.argv.slice(3).join(' ') };
const secret = JSON.stringify(secrets);
const told = `${secret} ${Buffer.from(secret).toString('base64')} ${encodeURIComponent(secret)}`;
const error = (code) => ({ code, message: told, data: { told, secrets } });

console.error(told);
if (mode === 'exit') {
  console.log(told);
  process.exit(3);
}

createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method, params } = JSON.parse(line);
  if (id === undefined) return;
  const reply = answer(method, params);
  console.log(JSON.stringify({ jsonrpc: '2.0', id, ...reply }));
});

function answer(method, params) {
  if (mode === 'refuse') return { error: error(-32600) };
  switch (method) {
    case 'initialize':
      return {
        result: {
          protocolVersion: params.protocolVersion,
          capabilities: { tools: {} },
          ...(mode === 'introduce'
            ? { serverInfo: { name: told, version: told }, instructions: told }
            : { serverInfo: { name: 'telltale', version: '1.0.0' } }),
        },
      };
    case 'tools/list':
      return { result: { tools: [{ name: 'tell', inputSchema: { type: 'object' } }] } };
    case 'tools/call':
      if (params.name === 'die') process.exit(4);
      return { error: error(-32050) };
    default:
      return { result: {} };
  }
}
