/**
 * Everything that a server offers beside its tools: lists of resources, templates and prompts, a reading, a prompt, a
 * completion; and what is told when a list changes. Asserts what the reference server says; exits non-zero otherwise.
 */

import assert from 'node:assert/strict';
import { type CatalogChanged, McpSupervisor } from 'mcp-supervisor';
import { startScripted } from 'mcp-supervisor/testing';
import { everything } from '../servers/installed-program.ts';

await using mcp = new McpSupervisor();
await mcp.addServer({ name: 'everything', transport: 'stdio', ...everything() });

// #region lists
const resources = await mcp.listResources('everything');
const templates = await mcp.listResourceTemplates('everything');
const prompts = await mcp.listPrompts('everything');
// #endregion
console.log(`${resources.length} resources, ${templates.length} templates, ${prompts.length} prompts.`);
assert.ok(resources.length > 0 && templates.length > 0 && prompts.length > 0, 'each list holds something');

// #region use
const [first] = resources;
const { contents } = await mcp.readResource('everything', first?.uri ?? '');
const { messages } = await mcp.getPrompt('everything', 'args-prompt', { city: 'Paris' });
const department = {
  ref: { type: 'ref/prompt', name: 'completable-prompt' },
  argument: { name: 'department', value: 'S' },
} as const;
const { values } = await mcp.complete('everything', department);
// #endregion
assert.equal(contents[0]?.uri, first?.uri, 'what was asked for is what was read');
assert.match(JSON.stringify(messages), /Paris/, 'the argument is in the prompt');
assert.ok(values.includes('Sales'), 'a value is completed');
console.log(`Read ${first?.uri}; a department that begins with S: ${values.join(', ')}.`);

await using notes = await startScripted('streamable_http', { prompts: { greet: 'Hello {name}' } });
await mcp.addServer({ name: 'notes', ...notes.config });
await mcp.listPrompts('notes');

// #region changed
const changed = new Promise<CatalogChanged>((resolve) => mcp.on('catalog.changed', resolve));
// #endregion
await notes.control({ set: { prompts: { greet: 'Hello {name}', part: 'Goodbye {name}' } } });
await notes.control({ do: 'notify', method: 'notifications/prompts/list_changed' });
const { list, added } = await changed;
assert.deepEqual([list, added], ['prompts', ['part']], 'what is new is told');
console.log('A prompt came along, and that was told.');
