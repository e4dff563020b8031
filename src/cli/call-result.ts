/** Shows what a tool answered: text as text, everything else by what it is and how large. */

import type { CallToolResult } from '../index.ts';
import { showJson, showLine, showText } from './showable.ts';

type ContentItem = CallToolResult['content'][number];

/**
 * Turn a result into text. For a terminal it is made safe; for a pipe the text of the server is passed on as it is.
 */
export function resultText(result: CallToolResult, isTerminal: boolean): string {
  const items = result.content.map((item) => contentText(item, isTerminal));
  if (items.length === 0 && result.structuredContent !== undefined) return showJson(result.structuredContent, 2);
  return items.join('\n');
}

function contentText(item: ContentItem, isTerminal: boolean): string {
  const pass = (text: string): string => (isTerminal ? showText(text) : text);
  switch (item.type) {
    case 'text':
      return pass(item.text);
    case 'image':
    case 'audio':
      return `[${item.type}: ${showLine(item.mimeType)}, ${sizeOf(item.data)}]`;
    case 'resource_link':
      return `[link: ${showLine(item.name)}, ${showLine(item.uri)}]`;
    case 'resource': {
      const { resource } = item;
      const what = [resource.uri, ...(resource.mimeType === undefined ? [] : [resource.mimeType])]
        .map(showLine)
        .join(', ');
      if ('text' in resource) return `[resource: ${what}]\n${pass(resource.text)}`;
      return `[resource: ${what}, ${sizeOf(resource.blob)}]`;
    }
  }
}

/** Size of what base64 holds. */
function sizeOf(base64: string): string {
  const padding = base64.endsWith('==') ? 2 : base64.endsWith('=') ? 1 : 0;
  const bytes = Math.max(0, Math.floor((base64.length * 3) / 4) - padding);
  if (bytes < 1_000) return `${bytes} bytes`;
  return bytes < 1_000_000 ? `${(bytes / 1_000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
