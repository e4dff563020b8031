/** Questions of a server to the host, hostile ones: each costs itself, and neither the connection nor a handler. */

import { describe, expect, it } from 'vitest';
import { type ElicitationHandler, McpSupervisor, type SamplingHandler } from '../../src/index.ts';
import { chanceOf } from '../../src/testing/chance.ts';
import { scriptedStdio, startScripted } from '../../src/testing/scripted.ts';
import { watchForLeaks } from '../ground/leaks.ts';

watchForLeaks();

const SEED = 20_261_126;
const MUTATIONS = 150;
const TEXT = '{"type":"text","text":"hi"}';
const MESSAGE = `{"role":"user","content":${TEXT}}`;
const deep = (levels: number) => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;
const many = (text: string, count: number) => Array.from({ length: count }, () => text).join(',');
const sampling = (messages: string, more = '') => ({
  method: 'sampling/createMessage',
  params: `{"messages":[${messages}],"maxTokens":10${more}}`,
});
const form = (properties: string) => ({
  method: 'elicitation/create',
  params: `{"message":"m","requestedSchema":{"type":"object","properties":${properties}}}`,
});

/** What no handler may be given. */
const WRONG: Readonly<Record<string, { readonly method: string; readonly params: string }>> = {
  'fifty thousand wrong messages': sampling(many('{"role":7}', 50_000)),
  'fifty thousand wrong blocks': sampling(`{"role":"user","content":[${many('{"type":"x"}', 50_000)}]}`),
  'fifty thousand wrong tools': sampling(MESSAGE, `,"tools":[${many('{}', 50_000)}]`),
  'ten thousand levels of metadata': sampling(MESSAGE, `,"metadata":${deep(10_000)}`),
  'ten thousand levels of a schema': sampling(MESSAGE, `,"tools":[{"name":"t","inputSchema":${deep(10_000)}}]`),
  'tokens beyond any number': {
    method: 'sampling/createMessage',
    params: `{"messages":[${MESSAGE}],"maxTokens":1e999}`,
  },
  'a result without its use': sampling('{"role":"user","content":{"type":"tool_result","toolUseId":"__proto__"}}'),
  'no list of messages': { method: 'sampling/createMessage', params: '{"messages":{},"maxTokens":1}' },
  'twenty thousand wrong fields': form(
    `{${Array.from({ length: 20_000 }, (_, i) => `"f${i}":{"type":"x"}`).join(',')}}`,
  ),
  'a field with levels': form(`{"f":{"type":"string","title":${deep(10_000)}}}`),
  'a page of another kind': {
    method: 'elicitation/create',
    params: '{"mode":"url","message":"m","url":"javascript:1"}',
  },
};

/** A supervisor with handlers that count, and a server that says what it is told to. */
async function asked(kind: 'stdio' | 'streamable_http') {
  const server = kind === 'stdio' ? scriptedStdio() : await startScripted('streamable_http');
  const mcp = new McpSupervisor({
    ledger: false,
    handleSignals: false,
    handlers: {
      sampling: { handle: answer as SamplingHandler, tools: true },
      elicitation: decline as ElicitationHandler,
    },
  });
  const given: unknown[] = [];
  function answer(request: unknown) {
    given.push(request);
    return { model: 'm', role: 'assistant', content: { type: 'text', text: 'x' } };
  }
  function decline(request: unknown) {
    given.push(request);
    return { action: 'decline' };
  }
  const limits = { maxSamplingsPerMinute: 1_000, maxElicitationsPerMinute: 1_000, maxSamplings: 1_000 };
  await mcp.addServer({ ...server.config, name: 'asking', protocol: 'initialize', limits });
  const say = async (text: string) => {
    await server.control({ do: 'raw', text: kind === 'stdio' ? `${text}\n` : `data: ${text}\n\n` });
  };
  return {
    mcp,
    server,
    given,
    say,
    async [Symbol.asyncDispose]() {
      await mcp.close();
      await server[Symbol.asyncDispose]();
    },
  };
}

describe.each(['stdio', 'streamable_http'] as const)('a question over %s', (kind) => {
  it('that is wrong is answered, and reaches no handler', { timeout: 60_000 }, async () => {
    await using stage = await asked(kind);
    // Over HTTP it is said on the general stream, which opens after the handshake.
    await stage.mcp.callTool('asking', 'echo', { text: 'x' });

    for (const [name, { method, params }] of Object.entries(WRONG)) {
      const startedMs = performance.now();
      await stage.say(`{"jsonrpc":"2.0","id":"${name}","method":"${method}","params":${params}}`);
      await stage.server.journal.waitFor({ kind: 'message', id: name });
      expect(performance.now() - startedMs, name).toBeLessThan(3_000);
    }

    expect(stage.given).toEqual([]);
    expect(stage.mcp.getServerInfo('asking')).toMatchObject({ state: 'ready', epoch: 1 });
  });

  it('with changed bytes costs nothing but itself, whatever it has become', { timeout: 60_000 }, async () => {
    await using stage = await asked(kind);
    await stage.mcp.callTool('asking', 'echo', { text: 'x' });
    const chance = chanceOf(SEED);
    const page = {
      method: 'elicitation/create',
      params: '{"mode":"url","message":"m","url":"https://a.b/","elicitationId":"e"}',
    };
    const right = [
      sampling(MESSAGE, ',"toolChoice":{"mode":"auto"},"stopSequences":["a"]'),
      form('{"f":{"type":"string"}}'),
      page,
    ];

    for (let index = 0; index < MUTATIONS; index += 1) {
      const { method, params } = chance.pick(right);
      const at = chance.whole(0, params.length - 1);
      const put = chance.pick(['', '"', '{', '}', '[', ']', ',', '0', 'null', '-', ':']);
      const changed = params.slice(0, at) + put + params.slice(at + chance.whole(0, 6));
      await stage.say(`{"jsonrpc":"2.0","id":"m${index}","method":"${method}","params":${changed}}`);
    }
    await stage.say(
      `{"jsonrpc":"2.0","id":"last","method":"sampling/createMessage","params":${sampling(MESSAGE).params}}`,
    );
    await stage.server.journal.waitFor({ kind: 'message', id: 'last' });

    expect(stage.mcp.getServerInfo('asking')).toMatchObject({ state: 'ready', epoch: 1 });
    await expect(stage.mcp.callTool('asking', 'echo', { text: 'x' })).resolves.toMatchObject({
      content: [{ text: 'x' }],
    });
  });
});
