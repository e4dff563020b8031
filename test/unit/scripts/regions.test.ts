import { describe, expect, it } from 'vitest';
import { fillRegions, type RegionRenderer } from '../../../scripts/docs/regions.ts';

const render: RegionRenderer = async (kind, source) => `${kind} of ${source}\n`;

function page(...lines: string[]): string {
  return lines.join('\n');
}

describe('fillRegions', () => {
  it('replaces what stands between the markers and keeps everything else', async () => {
    const text = page('# Errors', '<!-- generated:errors -->', 'old', '', 'older', '<!-- /generated -->', 'after');

    const filled = await fillRegions(text, 'x.md', render);

    expect(filled).toEqual({
      text: page(
        '# Errors',
        '<!-- generated:errors -->',
        '',
        'generated of errors',
        '',
        '<!-- /generated -->',
        'after',
      ),
      regions: ['generated:errors'],
    });
  });

  it('changes nothing when it is run again', async () => {
    const once = await fillRegions(page('<!-- code:a.ts#x -->', '<!-- /code -->', ''), 'x.md', render);

    const twice = await fillRegions(once.text, 'x.md', render);

    expect(twice).toEqual(once);
  });

  it('leaves a page without regions as it is', async () => {
    const text = page('# Title', '', '<!-- a comment -->', '');

    expect(await fillRegions(text, 'x.md', render)).toEqual({ text, regions: [] });
  });

  it('takes markers inside a code fence as text', async () => {
    const text = page('````md', '```', '<!-- generated:errors -->', '```', '````');

    expect(await fillRegions(text, 'x.md', render)).toEqual({ text, regions: [] });
  });

  it('replaces a region whose old body holds an open fence', async () => {
    const text = page('<!-- output:a.txt -->', '```text', '<!-- /output -->', 'after');

    expect((await fillRegions(text, 'x.md', render)).text).toBe(
      page('<!-- output:a.txt -->', '', 'output of a.txt', '', '<!-- /output -->', 'after'),
    );
  });

  it.each([
    ['is not closed', page('', '<!-- generated:errors -->'), "x.md:2: the region 'generated' is not closed"],
    ['is misspelled', page('<!-- generated: errors -->'), 'x.md:1: not a marker: <!-- generated: errors -->'],
    ['is not opened', page('<!-- /code -->'), 'x.md:1: not a marker: <!-- /code -->'],
    ['closes another', page('<!-- code:a.ts -->', '<!-- /output -->'), "x.md:2: closes 'output', but 'code' is open"],
    ['opens inside another', page('<!-- code:a.ts -->', '<!-- code:b.ts -->'), 'x.md:2: a region opens inside'],
  ])('rejects a marker that %s', async (_, text, message) => {
    await expect(fillRegions(text, 'x.md', render)).rejects.toThrow(message);
  });

  it('says which region could not be rendered', async () => {
    const text = page('<!-- generated:nothing -->', '<!-- /generated -->');
    const failing: RegionRenderer = async () => {
      throw new Error("no table 'nothing'");
    };

    await expect(fillRegions(text, 'x.md', failing)).rejects.toThrow("x.md:2: no table 'nothing'");
  });
});
