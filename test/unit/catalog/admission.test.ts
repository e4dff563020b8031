import { describe, expect, it } from 'vitest';
import { admitted } from '../../../src/catalog/admission.ts';
import type { ServerInfo } from '../../../src/catalog/server-info.ts';
import { ConnectionError } from '../../../src/errors.ts';
import { INCURABLE } from '../../ground/connection-stage.ts';
import { Listing } from '../../ground/listing.ts';

/** An admission, and how it ended. */
function admit(listing: Listing, server: string, signal?: AbortSignal) {
  const end: { info?: ServerInfo; error?: ConnectionError } = {};
  const { clock, directory } = listing;
  void admitted(directory, server, { clock, startTimeoutMs: 1_000, signal }).then(
    (info) => Object.assign(end, { info }),
    (error: unknown) => Object.assign(end, { error }),
  );
  return end;
}

function begin(dependsOn?: string[]) {
  const listing = new Listing();
  listing.add('files', dependsOn === undefined ? {} : { dependsOn });
  return { listing, end: admit(listing, 'files') };
}

describe('the admission of a server', () => {
  it('ends well when it is ready', async () => {
    const { listing, end } = begin();
    listing.change('files', 'connecting');
    listing.change('files', 'initializing');
    listing.publish('files');
    await listing.clock.settle();

    expect(end.info).toMatchObject({ name: 'files', state: 'ready', epoch: 1 });
    expect(listing.clock.pendingCount).toBe(0);
  });

  it('waits through attempts that fail', async () => {
    const { listing, end } = begin();
    listing.change('files', 'connecting');
    listing.change('files', 'reconnecting', { cause: { kind: 'stream-ended' }, retryInMs: 10 });
    await listing.clock.settle();
    expect(end).toEqual({});

    listing.publish('files', 2);
    await listing.clock.settle();

    expect(end.info).toMatchObject({ epoch: 2 });
  });

  it.each([
    ['closed', {}],
    ['reconnecting', { parked: true }],
  ] as const)('fails at once with the fault when it is %s by an incurable one', async (to, changes) => {
    const { listing, end } = begin();
    listing.change('files', to, { cause: INCURABLE, ...changes });
    await listing.clock.settle();

    expect(end.error).toBeInstanceOf(ConnectionError);
    expect(end.error).toMatchObject({ code: 'CONNECT_FAILED', server: 'files', epoch: 1, fault: INCURABLE });
    expect(listing.clock.pendingCount).toBe(0);
  });

  it('fails when it takes too long, with the last fault', async () => {
    const { listing, end } = begin();
    listing.change('files', 'reconnecting', { cause: { kind: 'stream-ended' }, retryInMs: 10 });

    await listing.clock.advance(1_000);

    expect(end.error).toMatchObject({ code: 'START_TIMEOUT', fault: { kind: 'stream-ended' } });
  });

  it('fails when the server is removed meanwhile', async () => {
    const { listing, end } = begin();
    listing.remove('files');
    await listing.clock.settle();

    expect(end.error).toMatchObject({ code: 'SERVER_REMOVED' });
  });

  it('waits for what the server depends on, and fails when that is removed', async () => {
    const listing = new Listing();
    listing.add('wiki');
    listing.add('files', { dependsOn: ['wiki'] });
    const end = admit(listing, 'files');
    await listing.clock.settle();
    expect(end).toEqual({});

    listing.remove('wiki');
    await listing.clock.settle();

    expect(end.error).toMatchObject({ code: 'CONNECT_FAILED', fault: { kind: 'dependency-lost', server: 'wiki' } });
  });

  it('rejects with the reason when it is aborted', async () => {
    const listing = new Listing();
    listing.add('files');
    const controller = new AbortController();
    const end = admit(listing, 'files', controller.signal);
    const reason = new Error('enough');

    controller.abort(reason);
    await listing.clock.settle();

    expect(end.error).toBe(reason);
  });

  it('of a replacement is not failed by the end of the connection before it', async () => {
    const listing = new Listing();
    listing.add('files');
    const publication = listing.publish('files');
    listing.replace('files');

    listing.change('files', 'closed', { cause: { kind: 'closed' } });
    listing.directory.withdraw(publication);
    const end = admit(listing, 'files');
    await listing.clock.settle();
    expect(end).toEqual({});
    listing.change('files', 'connecting', { epoch: 2 });
    listing.publish('files', 2);
    await listing.clock.settle();

    expect(end.info).toMatchObject({ epoch: 2, state: 'ready' });
  });
});
