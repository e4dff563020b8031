/** Says what stands in a region of a page: the one place that knows every kind of source. */

import { codeExcerpt, outputExcerpt } from './excerpts.ts';
import { type ChartNode, machineDiagram } from './machine-diagram.ts';
import type { RegionRenderer } from './regions.ts';
import { SOURCE_TABLES } from './source-tables.ts';
import type { SourceLoader } from './union-members.ts';

/** Make a renderer that reads files through `load` and draws the machines given. */
export function regionRenderer(load: SourceLoader, machines: Readonly<Record<string, ChartNode>>): RegionRenderer {
  return async (kind, source) => {
    switch (kind) {
      case 'generated':
        return named(SOURCE_TABLES, source, 'table')(load);
      case 'machine':
        return ['```mermaid', machineDiagram(named(machines, source, 'machine')), '```'].join('\n');
      case 'output':
        return outputExcerpt(load(source));
      case 'code': {
        const [path = '', region] = source.split('#');
        return codeExcerpt(load(path), path, region);
      }
    }
  };
}

function named<T>(values: Readonly<Record<string, T>>, name: string, noun: string): T {
  const value = values[name];
  if (value === undefined) throw new Error(`no ${noun} '${name}'; there are ${Object.keys(values).join(', ')}`);
  return value;
}
