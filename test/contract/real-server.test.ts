/** Declared session state against a published server that knows nothing of us. */

import { describe, expect, it } from 'vitest';
import type { ElicitationRequest, SamplingRequest } from '../../src/index.ts';
import { watchForLeaks } from '../ground/leaks.ts';
import { everythingStdio } from '../ground/real-servers.ts';
import { ONE, rejection, Stand } from './stand.ts';

watchForLeaks();

const URI = 'demo://resource/dynamic/text/1';
const server = { config: { transport: 'stdio' as const, ...everythingStdio() } };

describe('server-everything, killed with kill -9', () => {
  it('gets the log level and the subscription back, and says so itself', async () => {
    await using stand = new Stand();
    const { pid = Number.NaN } = await stand.add(server);
    await stand.mcp.setLoggingLevel(ONE, 'info');
    await stand.mcp.subscribeResource(ONE, URI);

    process.kill(pid, 'SIGKILL');
    await stand.reached('ready', 2);

    expect(stand.of('session.restored')).toMatchObject([
      { epoch: 2, loggingLevel: 'info', subscriptions: [URI], failed: [] },
    ]);
    // It logs a subscription with level `info`: proof of both, in the words of the server.
    await stand.told((event) => event.type === 'log.received' && event.epoch === 2 && String(event.data).includes(URI));
    await stand.text('toggle-subscriber-updates');
    await stand.told((event) => event.type === 'resource.updated' && event.epoch === 2 && event.missed === undefined);
  });
});

describe('server-everything', () => {
  it('gives the structured result that its tool declares', async () => {
    await using stand = new Stand();
    const { tools } = await stand.add(server);

    const { structuredContent } = await stand.mcp.callTool(ONE, 'get-structured-content', { location: 'Chicago' });

    expect(tools.find(({ name }) => name === 'get-structured-content')?.outputSchema).toBeDefined();
    expect(structuredContent).toMatchObject({ temperature: expect.any(Number), conditions: expect.any(String) });
    expect(stand.of('result.unchecked')).toEqual([]);
  });

  it('is given the roots, and the answer of a person', async () => {
    const asked: ElicitationRequest[] = [];
    await using stand = new Stand({
      handlers: {
        elicitation: (request) => {
          asked.push(request);
          return { action: 'accept', content: { name: 'Ada', check: true } };
        },
      },
    });
    await stand.add(server, { roots: [{ uri: 'file:///projects/agent', name: 'agent' }] });

    expect(await stand.text('get-roots-list')).toContain('file:///projects/agent');
    const { content } = await stand.mcp.callTool(ONE, 'trigger-elicitation-request');
    expect(JSON.stringify(content)).toContain('Ada');
    expect(asked).toHaveLength(1);
  });

  it('is given the answer of a model, or told that it was declined', async () => {
    const asked: SamplingRequest[] = [];
    await using stand = new Stand({
      handlers: {
        sampling: (request) => {
          asked.push(request);
          if (asked.length > 1) return { action: 'decline' };
          return {
            model: 'm-1',
            role: 'assistant',
            content: { type: 'text', text: 'It is sunny.' },
            stopReason: 'endTurn',
          };
        },
      },
    });
    await stand.add(server);
    const call = () => stand.mcp.callTool(ONE, 'trigger-sampling-request', { prompt: 'the weather?', maxTokens: 20 });

    expect(JSON.stringify(await call())).toContain('It is sunny.');
    expect(asked).toMatchObject([{ maxTokens: 20, systemPrompt: expect.any(String) }]);
    expect(JSON.stringify(asked[0]?.messages)).toContain('the weather?');
    expect(await call()).toMatchObject({ isError: true });
  });

  it('offers no tool that asks a model where nothing answers', async () => {
    await using stand = new Stand();
    const { tools } = await stand.add(server);

    expect(tools.map(({ name }) => name)).not.toContain('trigger-sampling-request');
  });

  it('runs a tool that has to be a task in a plain call, and asks its question on the way', async () => {
    const asked: ElicitationRequest[] = [];
    await using stand = new Stand({
      handlers: {
        elicitation: (request) => {
          asked.push(request);
          return { action: 'accept', content: { interpretation: 'snake' } };
        },
      },
    });
    await stand.add(server);

    const args = { topic: 'python', ambiguous: true };
    const { content } = await stand.mcp.callTool(ONE, 'simulate-research-query', args, { timeoutMs: 20_000 });

    expect(JSON.stringify(content)).toContain('Research Report: python (snake)');
    expect(asked).toHaveLength(1);
  });

  it('is asked for its task until it has it, and after a kill says that it does not know it', async () => {
    await using stand = new Stand();
    const { pid = Number.NaN } = await stand.add(server);
    const args = { topic: 'rust', ambiguous: false };
    const told = await stand.mcp.callToolAsTask(ONE, 'simulate-research-query', args, { ttlMs: 60_000 });
    const messages: (string | undefined)[] = [];
    for await (const { message } of told.updates()) messages.push(message);

    expect(JSON.stringify(await told.result())).toContain('Research Report: rust');
    expect(new Set(messages).size).toBeGreaterThan(2);

    const lost = await stand.mcp.callToolAsTask(ONE, 'simulate-research-query', args);
    const { error } = await (async () => {
      const failed = rejection(lost.result());
      process.kill(pid, 'SIGKILL');
      return await failed;
    })();
    expect(error).toMatchObject({ code: 'TASK_UNKNOWN', outcome: 'unknown', taskId: lost.id });
    await expect(stand.text('echo', { message: 'back' })).resolves.toContain('back');
  });
});
