/**
 * The messages that a server and a model exchange through the host: the shape of each, and the order of tool uses and
 * their results. Source: MCP 2025-11-25, "Sampling", "Message Content Constraints".
 */

import type { SamplingMessage, SamplingMessageContentBlock } from '@modelcontextprotocol/sdk/types.js';
import { isRecord } from '../config/record.ts';
import { isListOf, isOptional, isText } from './foreign-value.ts';

/** What is wrong with the order of the messages; nothing when nothing is. */
export type MessageFlaw =
  | 'Tool results mixed with other content'
  | 'Tool result missing in request'
  | 'Tool result without its tool use'
  | 'Content in a message of the wrong role';

/** Whether a value is one block of a message. */
export function isBlock(value: unknown): value is SamplingMessageContentBlock {
  if (!isRecord(value)) return false;
  switch (value['type']) {
    case 'tool_use':
      return isText(value['id']) && isText(value['name']) && isRecord(value['input']);
    case 'tool_result':
      return isText(value['toolUseId']) && isOptional(value['content'], (list) => isListOf(list, isToolContent));
    default:
      return isPlainBlock(value);
  }
}

/** Whether a value is a text, an image or a sound. */
export function isPlainBlock(value: unknown): boolean {
  if (!isRecord(value)) return false;
  if (value['type'] === 'text') return isText(value['text']);
  return (value['type'] === 'image' || value['type'] === 'audio') && isText(value['data']) && isText(value['mimeType']);
}

/** Whether a value is one message. */
export function isMessage(value: unknown): value is SamplingMessage {
  if (!isRecord(value)) return false;
  const { role, content } = value;
  return (role === 'user' || role === 'assistant') && (isListOf(content, isBlock) || isBlock(content));
}

/** Look at the order: each use of a tool is answered in the next message, which holds nothing else. */
export function flawOf(messages: readonly SamplingMessage[]): MessageFlaw | undefined {
  let open = new Set<string>();
  for (const { role, content } of messages) {
    const blocks = Array.isArray(content) ? content : [content];
    const results = blocks.filter(({ type }) => type === 'tool_result');
    const uses = new Set(blocks.flatMap((block) => (block.type === 'tool_use' ? [block.id] : [])));
    if (results.length > 0 && results.length < blocks.length) return 'Tool results mixed with other content';
    if (role === 'user' ? uses.size > 0 : results.length > 0) return 'Content in a message of the wrong role';
    for (const block of blocks) {
      if (block.type === 'tool_result' && !open.delete(block.toolUseId)) return 'Tool result without its tool use';
    }
    if (open.size > 0) return 'Tool result missing in request';
    open = uses;
  }
  return open.size > 0 ? 'Tool result missing in request' : undefined;
}

/** What a tool gave, as a part of its result. */
function isToolContent(value: unknown): value is Record<string, unknown> {
  if (!isRecord(value)) return false;
  if (value['type'] === 'resource_link') return isText(value['uri']) && isText(value['name']);
  if (value['type'] === 'resource') return isRecord(value['resource']) && isText(value['resource']['uri']);
  return isPlainBlock(value);
}
