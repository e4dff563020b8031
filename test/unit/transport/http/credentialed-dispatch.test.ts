import { describe, expect, it } from 'vitest';
import type { Credentials } from '../../../../src/transport/http/credentials.ts';
import { LINGER_MS } from '../../../../src/transport/http/linger.ts';
import { createStreamableHttpCarrier } from '../../../../src/transport/http/streamable-http-carrier.ts';
import { gone, startHttpServer } from '../../../fixtures/http/http-server.ts';
import { ManualClock } from '../../../fixtures/http/manual-clock.ts';
import {
  type Answers,
  endless,
  endpoint,
  json,
  result,
  streamableAnswers,
  text,
} from '../../../fixtures/http/mcp-answers.ts';
import { call, HttpSession } from '../../../fixtures/http/session.ts';
import { watchForLeaks } from '../../../ground/leaks.ts';

watchForLeaks();

/** A token for each request that is refused once, and another one after it. */
const renewing: Credentials = {
  forRequest: () => {
    let token = 'old';
    const renew = async () => {
      token = 'new';
    };
    return {
      headers: async () => ({ authorization: `Bearer ${token}` }),
      answered: ({ status }) => (status === 401 ? renew : undefined),
    };
  },
};

/** Takes calls with the new token only. */
function picky(refuse: (response: Parameters<typeof endless>[0]) => void): Answers {
  return {
    'tools/call': ({ headers, message }, response) => {
      if (headers.authorization === 'Bearer new') json(response, result(message, text('done')));
      else refuse(response.writeHead(401));
    },
  };
}

function authorizedSession(url: string, clock: ManualClock): Promise<HttpSession> {
  const context = { clock, scrub: (said: string) => said, authorization: renewing };
  return new HttpSession(
    createStreamableHttpCarrier({ name: 'server', transport: 'streamable_http', url }, context),
  ).connect();
}

describe('a request that is made again because it was refused', () => {
  it('leaves the body of the refusal two seconds, as any that nobody waits for', async () => {
    const clock = new ManualClock();
    await using server = await startHttpServer(streamableAnswers(picky((response) => void response.write('wait'))));
    await using session = await authorizedSession(endpoint(server), clock);
    await call(session);
    const { socket } = await server.request('POST tools/call');
    clock.advance(LINGER_MS);
    await session.client.ping();
    expect(socket.destroyed).toBe(false);

    clock.advance(LINGER_MS);

    await gone(socket);
    expect(server.seen.filter((request) => request === 'POST tools/call')).toHaveLength(2);
  });

  it('reads no refusal without end, however fast it comes', async () => {
    await using server = await startHttpServer(streamableAnswers(picky((response) => endless(response))));
    await using session = await authorizedSession(endpoint(server), new ManualClock());

    await call(session);

    await gone((await server.request('POST tools/call')).socket);
    expect(session.faults).toEqual([]);
  });
});
