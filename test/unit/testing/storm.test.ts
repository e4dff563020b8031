import { describe, expect, it } from 'vitest';
import { CallError } from '../../../src/index.ts';
import { ONE } from '../../contract/stand.ts';
import { watchForLeaks } from '../../ground/leaks.ts';
import { rehearse } from '../../ground/rehearsal.ts';

watchForLeaks();

const QUICK = {
  heartbeat: { intervalMs: 300, probeAfterMs: 200, timeoutMs: 300, misses: 2, busyMisses: 2 },
  connectTimeoutMs: 2_000,
  stdinGraceMs: 200,
  termGraceMs: 200,
};

describe.each(['stdio', 'sse', 'streamable_http'] as const)('a storm over %s', (kind) => {
  it('is survived: every call is answered once or fails with a typed outcome, and all is well afterwards', async () => {
    await using scene = await rehearse(kind, QUICK);
    const ids: string[] = [];
    const endings = new Map<string, string>();
    let isOver = false;
    const load = async (): Promise<void> => {
      while (!isOver) {
        const id = String(ids.push('') - 1);
        await scene.stand.mcp.callTool(ONE, 'echo', { text: id }, { timeoutMs: 5_000 }).then(
          ({ content }) => endings.set(id, (content[0] as { text: string }).text),
          (error: unknown) => endings.set(id, error instanceof CallError ? error.outcome : String(error)),
        );
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    };
    const loads = Promise.all([load(), load(), load()]);

    const { faults } = await scene.faults.storm({ seed: 7, durationMs: 3_000, pauseMs: 150 });
    isOver = true;
    await loads;

    expect(faults.length).toBeGreaterThan(3);
    expect(ids).toHaveLength(endings.size);
    expect([...endings].filter(([id, end]) => end !== id && !['not-sent', 'unknown', 'refused'].includes(end))).toEqual(
      [],
    );
    const executed = scene.server.journal
      .entries({ kind: 'executed', name: 'echo' })
      .map((entry) => entry.arguments?.['text']);
    expect(new Set(executed).size).toBe(executed.length);
    for (const [id, end] of endings) if (end === id) expect(executed).toContain(id);
    for (const [id, end] of endings) if (end === 'not-sent') expect(executed).not.toContain(id);
    await expect(scene.stand.text('echo', { text: 'calm' })).resolves.toBe('calm');
  });
});

describe('a storm', () => {
  it('draws the same faults from the same seed', async () => {
    await using scene = await rehearse('stdio', QUICK);
    const names = async (seed: number) => {
      const verbs: string[] = [];
      const controller = new AbortController();
      await scene.faults.storm({
        seed,
        durationMs: 60_000,
        pauseMs: 1,
        verbs: ['delay', 'stall', 'refuse'],
        signal: controller.signal,
        onFault: ({ verb }) => {
          if (verbs.push(verb) === 6) controller.abort();
        },
      });
      return verbs;
    };

    expect(await names(3)).toEqual(await names(3));
    expect(await names(3)).not.toEqual(await names(4));
  });

  it('does nothing for a verb that its transport does not have', async () => {
    await using scene = await rehearse('sse', QUICK);

    const { faults } = await scene.faults.storm({ seed: 1, durationMs: 1_000, pauseMs: 1, verbs: ['kill', 'delay'] });

    expect(faults.map(({ verb }) => verb)).toContain('kill');
    expect(scene.faults.report().verbs).toMatchObject({ kill: 0 });
  });

  it('ends early when it is told to, and leaves nothing that lasts', async () => {
    await using scene = await rehearse('streamable_http');
    const controller = new AbortController();

    await scene.faults.storm({
      seed: 1,
      durationMs: 60_000,
      pauseMs: 1,
      verbs: ['stall'],
      signal: controller.signal,
      onFault: () => controller.abort(),
    });

    await expect(scene.stand.text('echo', { text: 'at once' })).resolves.toBe('at once');
  });

  it('is over when a listener throws, with all undone', async () => {
    await using scene = await rehearse('stdio');
    const storm = scene.faults.storm({
      seed: 1,
      durationMs: 60_000,
      pauseMs: 1,
      verbs: ['refuse'],
      onFault: () => {
        throw new Error('enough');
      },
    });

    await expect(storm).rejects.toThrow('enough');
    await expect(scene.stand.text('echo', { text: 'calm' })).resolves.toBe('calm');
  });
});
