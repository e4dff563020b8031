import { describe, expect, it } from 'vitest';
import { admitted } from '../../../src/catalog/admission.ts';
import { SupervisorError } from '../../../src/errors.ts';
import { INCURABLE } from '../../ground/connection-stage.ts';
import { Listing } from '../../ground/listing.ts';
import { toolNamed } from '../../ground/scripted-server.ts';

/** What a call on a server would meet now. */
async function passage(listing: Listing, server: string): Promise<string> {
  const { gate } = listing.directory.require(server);
  const controller = new AbortController();
  const passing = gate.pass({
    timeoutMs: 1_000,
    signal: controller.signal,
    late: () => new Error('late'),
    aborted: () => new Error('waits'),
    full: () => new Error('waits'),
  });
  // A call that waits has not been answered when everything has come to rest.
  void listing.clock.settle().then(() => controller.abort());
  return await passing.then(
    ({ epoch }) => `passes ${epoch}`,
    (error: Error) => (error instanceof SupervisorError ? error.code : error.message),
  );
}

describe('the directory', () => {
  it('makes known once which tools were left out of a list, and again when that changes', () => {
    const listing = new Listing();
    listing.add('files');
    const list = (...names: string[]) =>
      listing.directory.listed('files', 1, {
        entries: [toolNamed('a')],
        rejected: names.map((name) => ({ name, reason: 'invalid' as const })),
      });

    list();
    list('b');
    list('b');
    list(...Array.from({ length: 30 }, (_, index) => `${index}`));

    const told = listing.notified.filter((event) => event.type === 'entries.rejected');
    expect(told.map(({ count, rejected }) => [count, rejected.length])).toEqual([
      [1, 1],
      [30, 10],
    ]);
  });

  it('lists the known servers when it is asked for an unknown one', () => {
    const listing = new Listing();
    expect(() => listing.directory.require('nobody')).toThrow(expect.objectContaining({ code: 'SERVER_UNKNOWN' }));
    listing.add('wiki');
    listing.add('files');

    expect(() => listing.directory.require('nobody')).toThrow("'wiki', 'files'");
  });

  it('knows who depends on a server', () => {
    const listing = new Listing();
    listing.add('files');
    listing.add('app', { dependsOn: ['files'] });

    expect(() => listing.directory.requireUnneeded('files')).toThrow("'files' is needed by 'app'");
    expect(() => listing.directory.requireUnneeded('app')).not.toThrow();
  });

  it('makes every report known, then wakes those that wait for that server', () => {
    const listing = new Listing();
    listing.add('files');
    listing.add('wiki');
    const order: string[] = [];
    const stop = listing.directory.watch(['files'], () => order.push(`woken after ${listing.notified.length}`));

    listing.change('files', 'connecting');
    listing.change('wiki', 'connecting');
    stop();
    listing.change('files', 'initializing');

    expect(order).toEqual(['woken after 1']);
    expect(listing.notified.map(({ type }) => type)).toEqual(['state.changed', 'state.changed', 'state.changed']);
  });

  it('wakes everybody when all is over', () => {
    const listing = new Listing();
    listing.add('files');
    listing.add('wiki');
    const woken: string[] = [];
    for (const name of listing.directory.names) listing.directory.watch([name], () => woken.push(name));

    listing.directory.close();

    expect(woken).toEqual(['files', 'wiki']);
  });

  it('says what changed between two lists of tools, and keeps them while the connection comes back', () => {
    const listing = new Listing();
    listing.add('files');
    listing.directory.listed('files', 1, { entries: [toolNamed('a')], rejected: [] });
    listing.change('files', 'reconnecting');
    expect(listing.directory.info('files')?.tools.map(({ name }) => name)).toEqual(['a']);

    listing.directory.listed('files', 2, { entries: [toolNamed('b')], rejected: [] });

    expect(listing.notified.at(-1)).toEqual({
      type: 'catalog.changed',
      server: 'files',
      epoch: 2,
      atMs: 0,
      list: 'tools',
      added: ['b'],
      removed: ['a'],
      changed: [],
    });
  });

  it('takes no list of a server that was removed', () => {
    const listing = new Listing();
    listing.add('files');
    listing.remove('files');

    listing.directory.listed('files', 1, { entries: [toolNamed('a')], rejected: [] });

    expect(listing.directory.tools('files')).toEqual([]);
  });

  it('tells when the next attempt is due, and what a server waits for', () => {
    const listing = new Listing();
    listing.add('files');
    listing.add('app', { dependsOn: ['files'] });
    listing.change('files', 'reconnecting', { atMs: 1_000, retryInMs: 250, attempt: 3, cause: INCURABLE });

    expect(listing.directory.info('files')).toMatchObject({ retryAtMs: 1_250, attempt: 3, cause: INCURABLE });
    expect(listing.directory.info('app')).toMatchObject({ state: 'connecting', epoch: 0, waitingFor: ['files'] });
  });
});

describe('the cause of a server', () => {
  it('is kept through the attempts that follow it, and gone when the server is ready', () => {
    const listing = new Listing();
    listing.add('files');
    const seen: (string | undefined)[] = [];
    const look = () => seen.push(listing.directory.info('files')?.cause?.kind);

    listing.change('files', 'reconnecting', { cause: { kind: 'stream-ended' }, retryInMs: 1 });
    look();
    listing.change('files', 'connecting', { cause: { kind: 'stream-ended' }, epoch: 2 });
    listing.change('files', 'initializing', { epoch: 2 });
    look();
    listing.publish('files', 2);
    look();

    expect(seen).toEqual(['stream-ended', 'stream-ended', undefined]);
  });
});

describe('a call', () => {
  it.each([
    ['connecting', {}, 'waits'],
    ['initializing', {}, 'waits'],
    ['reconnecting', {}, 'waits'],
    ['reconnecting', { held: true }, 'waits'],
    ['reconnecting', { parked: true }, 'SERVER_PARKED'],
    ['closed', { cause: INCURABLE }, 'SERVER_CLOSED'],
  ] as const)('on a server that is %s %j: %s', async (to, changes, expected) => {
    const listing = new Listing();
    listing.add('files');
    listing.change('files', to, changes);

    expect(await passage(listing, 'files')).toBe(expected);
  });

  it('waits again on a parked server that is held now: the return of the network revives it', async () => {
    const listing = new Listing();
    listing.add('files');
    listing.change('files', 'reconnecting', { parked: true });
    listing.change('files', 'reconnecting', { held: true });

    expect(await passage(listing, 'files')).toBe('waits');
  });

  it('on a server that waits for another one waits', async () => {
    const listing = new Listing();
    listing.add('files', { dependsOn: ['wiki'] });

    expect(await passage(listing, 'files')).toBe('waits');
  });

  it('on a server that is ready passes to the serving epoch', async () => {
    const listing = new Listing();
    listing.add('files');
    listing.publish('files', 4);

    expect(await passage(listing, 'files')).toBe('passes 4');
  });

  it('waits from the moment the epoch is withdrawn, but not when an older one is', async () => {
    const listing = new Listing();
    listing.add('files');
    const first = listing.publish('files', 1);
    const second = listing.publish('files', 2);

    listing.directory.withdraw(first);
    expect(await passage(listing, 'files')).toBe('passes 2');
    listing.directory.withdraw(second);

    expect(await passage(listing, 'files')).toBe('waits');
  });

  it('on a parked server is not opened to by the withdrawal of its epoch', async () => {
    const listing = new Listing();
    listing.add('files');
    const publication = listing.publish('files');
    listing.change('files', 'reconnecting', { parked: true, cause: INCURABLE });

    listing.directory.withdraw(publication);

    expect(await passage(listing, 'files')).toBe('SERVER_PARKED');
  });

  it('says why the server is closed', async () => {
    const listing = new Listing();
    listing.add('files');
    listing.change('files', 'closed', { cause: INCURABLE });
    const { gate } = listing.directory.require('files');
    const options = {
      timeoutMs: 1,
      signal: undefined,
      late: () => new Error(),
      aborted: () => new Error(),
      full: () => new Error(),
    };

    await expect(gate.pass(options)).rejects.toMatchObject({ outcome: 'not-sent', fault: INCURABLE, epoch: 1 });
  });

  it('waits while its server is replaced, from the first moment on', async () => {
    const listing = new Listing();
    listing.add('files');
    const publication = listing.publish('files');

    listing.replace('files');
    expect(await passage(listing, 'files')).toBe('waits');
    listing.change('files', 'closed', { cause: { kind: 'closed' } });
    listing.directory.withdraw(publication);

    expect(await passage(listing, 'files')).toBe('waits');
  });

  it('that waits fails when the server is removed', async () => {
    const listing = new Listing();
    listing.add('files');
    const passing = passage(listing, 'files');

    listing.remove('files');

    expect(await passing).toBe('SERVER_REMOVED');
  });

  it('never passes again once the supervisor is closing, whatever its connections still do', async () => {
    const listing = new Listing();
    listing.add('files');
    listing.publish('files');
    listing.directory.close();
    expect(await passage(listing, 'files')).toBe('SUPERVISOR_CLOSED');

    listing.change('files', 'reconnecting', { cause: { kind: 'stream-ended' }, retryInMs: 0 });
    expect(await passage(listing, 'files')).toBe('SUPERVISOR_CLOSED');
    listing.publish('files', 2);
    expect(await passage(listing, 'files')).toBe('SUPERVISOR_CLOSED');
    listing.change('files', 'closed');

    expect(await passage(listing, 'files')).toBe('SUPERVISOR_CLOSED');
  });

  it('fails, as everything that waits, when the supervisor is gone without having disposed anything', async () => {
    const listing = new Listing();
    listing.add('files');
    const passing = passage(listing, 'files');
    const admission = admitted(listing.directory, 'files', { clock: listing.clock, startTimeoutMs: 1_000 });
    const refused = expect(admission).rejects.toMatchObject({ code: 'SERVER_REMOVED' });

    listing.directory.collapse();

    expect(await passing).toBe('SERVER_REMOVED');
    await refused;
    expect(listing.directory.names).toEqual([]);
  });
});
