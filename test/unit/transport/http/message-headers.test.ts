/** The headers that belong to every request over Streamable HTTP. */

import { describe, expect, it } from 'vitest';
import { SESSION_ID } from '../../../fixtures/http/mcp-answers.ts';
import { call, withStreamable } from '../../../fixtures/http/session.ts';
import { watchForLeaks } from '../../../ground/leaks.ts';

watchForLeaks();

describe('the headers of Streamable HTTP in the initialize era', () => {
  it('go out with every request, one message for each POST', async () => {
    await withStreamable({}, async (session, server) => {
      await Promise.all([call(session), call(session)]);
      await session.transport.farewell();

      const posts = server.received.filter(({ method }) => method === 'POST');
      expect(posts.map(({ message }) => message.method)).toEqual([
        'initialize',
        'notifications/initialized',
        'tools/call',
        'tools/call',
      ]);
      const accepted = posts.map(({ headers }) => headers.accept);
      expect(new Set(accepted)).toEqual(new Set(['application/json, text/event-stream']));
      expect(posts[0]?.headers).not.toHaveProperty('mcp-session-id');
      const later = server.received
        .slice(1)
        .map(({ method, headers }) => [method, headers['mcp-protocol-version'], headers['mcp-session-id']]);
      const bound = ['2025-11-25', SESSION_ID];
      expect(new Set(later.map(([, ...rest]) => rest.join()))).toEqual(new Set([bound.join()]));
      expect(new Set(later.map(([method]) => method))).toEqual(new Set(['POST', 'GET', 'DELETE']));
    });
  });
});
