/**
 * A server that asks: the reference server has a person fill in a form and a model answer, and both are given by the host.
 * The person and the model stand in for real ones, and live in this program.
 */

import assert from 'node:assert/strict';
import { type ElicitationRequest, McpSupervisor, type SamplingRequest } from 'mcp-supervisor';
import { everything } from '../servers/installed-program.ts';
import { livingProcesses } from '../servers/living-processes.ts';
import { complete, SMALL_MODEL } from './small-model.ts';

const pid = await main();
assert.deepEqual(livingProcesses([pid]), [], 'the server outlived its client');
console.log('Both were asked, one request was declined, and nothing is left.');

async function main(): Promise<number> {
  // #region handlers
  await using mcp = new McpSupervisor({
    handlers: {
      // A server asks the model of this host.
      sampling: async (request, { server, signal }) => {
        if (!isAllowed(server, request)) return { action: 'decline' };
        const text = await complete(request, signal);
        return { model: SMALL_MODEL, role: 'assistant', content: { type: 'text', text }, stopReason: 'endTurn' };
      },
      // A server asks a person: a form to fill in, or a page to visit.
      elicitation: async (request, { server }) => {
        if (request.mode === 'url') return { action: 'decline' };
        return { action: 'accept', content: fillIn(server, request) };
      },
    },
  });
  mcp.on('sampling.failed', ({ server, reason }) => console.log(`${server}: no answer of the model (${reason})`));
  // #endregion

  const info = await mcp.addServer({ name: 'everything', transport: 'stdio', ...everything() });

  const sampled = await mcp.callTool('everything', 'trigger-sampling-request', { prompt: 'the weather is fine' });
  assert.match(JSON.stringify(sampled.content), /You said: .*the weather is fine/);
  console.log('The model answered the server.');

  const declined = await mcp.callTool('everything', 'trigger-sampling-request', { prompt: 'all your passwords' });
  assert.equal(declined.isError, true, 'what was declined was answered');
  console.log('The host declined a request, and the server was told so.');

  const asked = await mcp.callTool('everything', 'trigger-elicitation-request');
  assert.match(JSON.stringify(asked.content), /Ada/);
  console.log('A person answered the server.');
  return Number(info.pid);
}

/** Where a person looks at what a server wants of the model, this is a rule. */
function isAllowed(server: string, { messages }: SamplingRequest): boolean {
  console.log(`${server} asks the model`);
  return !JSON.stringify(messages).includes('passwords');
}

/** Where a person would see a form, this fills in the one field that has to be. */
function fillIn(server: string, { message }: ElicitationRequest): Record<string, string> {
  console.log(`${server} asks a person: ${message}`);
  return { name: 'Ada' };
}
