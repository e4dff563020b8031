import { describe, expect, it } from 'vitest';
import { Catalog } from '../../../src/catalog/catalog.ts';
import { toolNamed } from '../../ground/scripted-server.ts';

const tools = (...names: string[]) => names.map((name) => toolNamed(name));

describe('the catalog', () => {
  it('says nothing about the first list of a server', () => {
    expect(new Catalog().update('files', tools('a'))).toBeUndefined();
  });

  it('says nothing when a list is the same, in whatever order', () => {
    const catalog = new Catalog();
    catalog.update('files', tools('a', 'b'));

    expect(catalog.update('files', tools('b', 'a'))).toBeUndefined();
  });

  it('says what was added, removed and changed', () => {
    const catalog = new Catalog();
    catalog.update('files', [...tools('kept', 'gone'), toolNamed('changed', 'before')]);

    expect(catalog.update('files', [...tools('kept', 'new'), toolNamed('changed', 'after')])).toEqual({
      added: ['new'],
      removed: ['gone'],
      changed: ['changed'],
    });
  });

  it('compares with the list before, not with the first', () => {
    const catalog = new Catalog();
    catalog.update('files', tools('a'));
    catalog.update('files', tools('a', 'b'));

    expect(catalog.update('files', tools('a'))).toEqual({ added: [], removed: ['b'], changed: [] });
  });

  it('says that all are gone when the list is empty', () => {
    const catalog = new Catalog();
    catalog.update('files', tools('a'));

    expect(catalog.update('files', [])).toEqual({ added: [], removed: ['a'], changed: [] });
  });

  it('keeps servers apart, and takes any name of a tool', () => {
    const catalog = new Catalog();
    catalog.update('files', tools('__proto__', 'constructor'));
    catalog.update('wiki', tools('a'));

    expect(catalog.tools('files').map(({ name }) => name)).toEqual(['__proto__', 'constructor']);
    expect(catalog.tools('wiki').map(({ name }) => name)).toEqual(['a']);
    expect(catalog.tools('nobody')).toEqual([]);
  });

  it('hands out lists that a caller cannot change for others', () => {
    const catalog = new Catalog();
    const given = tools('a');
    catalog.update('files', given);
    given.push(toolNamed('later'));

    expect(catalog.tools('files')).toHaveLength(1);
    expect(() => (catalog.tools('files') as unknown[]).push('x')).toThrow(TypeError);
  });

  it('forgets a server, whose next list is a first one again', () => {
    const catalog = new Catalog();
    catalog.update('files', tools('a'));

    catalog.forget('files');

    expect(catalog.tools('files')).toEqual([]);
    expect(catalog.update('files', tools('b'))).toBeUndefined();
  });
});
