import { describe, expect, it } from 'vitest';
import { codeExcerpt, outputExcerpt } from '../../../scripts/docs/excerpts.ts';

const source = `import { x } from 'x';

  // #region outer
  before();
  // #region inner
  if (x) {
    inside();
  }
  // #endregion
  after();
  // #endregion
`;

describe('codeExcerpt', () => {
  it('takes a region out of its indentation', () => {
    expect(codeExcerpt(source, 'main.ts', 'inner')).toBe('```ts\nif (x) {\n  inside();\n}\n```');
  });

  it('leaves region comments out of a region that holds another', () => {
    expect(codeExcerpt(source, 'main.ts', 'outer')).toBe('```ts\nbefore();\nif (x) {\n  inside();\n}\nafter();\n```');
  });

  it('takes the whole file when no region is named', () => {
    expect(codeExcerpt('{ "a": 1 }\n', 'servers.json', undefined)).toBe('```json\n{ "a": 1 }\n```');
  });

  it('rejects a region that is missing, is there twice or does not end', () => {
    expect(() => codeExcerpt(source, 'main.ts', 'other')).toThrow("main.ts has no region 'other'");
    expect(() => codeExcerpt(source + source, 'main.ts', 'inner')).toThrow("main.ts has the region 'inner' 2 times");
    expect(() => codeExcerpt('// #region a\nx();', 'main.ts', 'a')).toThrow("the region 'a' of main.ts does not end");
  });

  it('rejects a file that is no code', () => {
    expect(() => codeExcerpt('x', 'picture.png', undefined)).toThrow('picture.png is of no kind');
  });
});

describe('outputExcerpt', () => {
  it('fences what was printed, with a longer fence when it prints fences', () => {
    expect(outputExcerpt('a\n\nb\n')).toBe('```text\na\n\nb\n```');
    expect(outputExcerpt('```\nx\n```\n')).toBe('````text\n```\nx\n```\n````');
  });
});
