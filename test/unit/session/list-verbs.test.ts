import { expect, it } from 'vitest';
import type { Requester } from '../../../src/call/requester.ts';
import { systemClock } from '../../../src/clock.ts';
import { limitsOf } from '../../../src/config/limits.ts';
import { CallError } from '../../../src/errors.ts';
import { KeptLists } from '../../../src/session/kept-lists.ts';
import { ListVerbs } from '../../../src/session/list-verbs.ts';
import type { SessionTarget } from '../../../src/session/session-verbs.ts';

it('a list that is aborted between two of its pages is aborted like any call', async () => {
  const controller = new AbortController();
  // A page of that size is looked at in portions, and an abort may come between two of them.
  const page = { entries: Array(4).fill({ name: 'x'.repeat(200_000) }), toEntry: (value: unknown) => value };
  const request = async (_target: unknown, _method: unknown, { cursor }: { cursor?: string }) => {
    if (cursor !== undefined) throw new CallError('CALL_ABORTED', 'aborted', { outcome: 'not-sent' });
    setImmediate(() => controller.abort());
    return { ...page, nextCursor: 'more' };
  };
  const target = { plan: { name: 'files', limits: limitsOf({}) }, gate: {}, session: { lists: new KeptLists() } };
  const requester = { request } as unknown as Requester;
  const verbs = new ListVerbs({ clock: systemClock, requester, tell: () => {} });

  const listing = verbs.list(target as unknown as SessionTarget, 'prompts', { signal: controller.signal });

  await expect(listing).rejects.toMatchObject({ code: 'CALL_ABORTED' });
});
