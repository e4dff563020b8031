import type { Tool } from '@modelcontextprotocol/sdk/types.js';
import { describe, expect, it } from 'vitest';
import { Catalog } from '../../../src/catalog/catalog.ts';
import { toolNamed } from '../../ground/scripted-server.ts';

/** What a list of tools tells that a catalogue takes: the difference to the one before. */
function see(catalog: Catalog, server: string, entries: readonly Tool[]) {
  const [event] = catalog.see({ entries, rejected: [] }, { server, epoch: 1, atMs: 0 });
  if (event?.type !== 'catalog.changed') return undefined;
  const { added, removed, changed } = event;
  return { added, removed, changed };
}

const tools = (...names: string[]) => names.map((name) => toolNamed(name));

describe('the catalog', () => {
  it('says nothing about the first list of a server', () => {
    expect(see(new Catalog(), 'files', tools('a'))).toBeUndefined();
  });

  it('says nothing when a list is the same, in whatever order', () => {
    const catalog = new Catalog();
    see(catalog, 'files', tools('a', 'b'));

    expect(see(catalog, 'files', tools('b', 'a'))).toBeUndefined();
  });

  it('says what was added, removed and changed', () => {
    const catalog = new Catalog();
    see(catalog, 'files', [...tools('kept', 'gone'), toolNamed('changed', 'before')]);

    expect(see(catalog, 'files', [...tools('kept', 'new'), toolNamed('changed', 'after')])).toEqual({
      added: ['new'],
      removed: ['gone'],
      changed: ['changed'],
    });
  });

  it('compares with the list before, not with the first', () => {
    const catalog = new Catalog();
    see(catalog, 'files', tools('a'));
    see(catalog, 'files', tools('a', 'b'));

    expect(see(catalog, 'files', tools('a'))).toEqual({ added: [], removed: ['b'], changed: [] });
  });

  it('says that all are gone when the list is empty', () => {
    const catalog = new Catalog();
    see(catalog, 'files', tools('a'));

    expect(see(catalog, 'files', [])).toEqual({ added: [], removed: ['a'], changed: [] });
  });

  it('keeps servers apart, and takes any name of a tool', () => {
    const catalog = new Catalog();
    see(catalog, 'files', tools('__proto__', 'constructor'));
    see(catalog, 'wiki', tools('a'));

    expect(catalog.tools('files').map(({ name }) => name)).toEqual(['__proto__', 'constructor']);
    expect(catalog.tools('wiki').map(({ name }) => name)).toEqual(['a']);
    expect(catalog.tools('nobody')).toEqual([]);
  });

  it('hands out lists that a caller cannot change for others', () => {
    const catalog = new Catalog();
    const given = tools('a');
    see(catalog, 'files', given);
    given.push(toolNamed('later'));

    expect(catalog.tools('files')).toHaveLength(1);
    expect(() => (catalog.tools('files') as unknown[]).push('x')).toThrow(TypeError);
  });

  it('forgets a server, whose next list is a first one again', () => {
    const catalog = new Catalog();
    see(catalog, 'files', tools('a'));

    catalog.forget('files');

    expect(catalog.tools('files')).toEqual([]);
    expect(see(catalog, 'files', tools('b'))).toBeUndefined();
  });
});
