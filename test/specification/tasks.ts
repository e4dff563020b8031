/** Tasks: experimental in revision 2025-11-25, an extension for servers of 2026-07-28. */

import { contract, in2025, inTasks, type SpecificationRow, tests } from './row.ts';

const PAGE = 'basic/utilities/tasks';
const FACTS = 'tasks/facts.ts';
const INITIALIZE = 'tasks/initialize.test.ts';
const DISCOVER = 'tasks/discover.test.ts';
const HANDLE = 'unit/task/server-task.test.ts';

export const TASKS: readonly SpecificationRow[] = [
  {
    id: 'tasks:negotiated',
    places: [...in2025(`${PAGE}#capability-negotiation`), ...in2025(`${PAGE}#tool-level-negotiation`)],
    level: 'MUST NOT',
    requirement: 'Call a tool as a task unless the server declared it (SHOULD) and the tool does not forbid it.',
    by: ['runtime'],
    note: '`callToolAsTask` is `CAPABILITY_MISSING` where server or tool offers none, and nothing is sent.',
    tests: [
      ...tests(INITIALIZE, 'that may not be a task is not called as one', 'that is %s as a task is called plainly'),
      ...tests(FACTS, 'sends nothing where the server knows no tasks'),
    ],
  },
  {
    id: 'tasks:required',
    places: in2025(`${PAGE}#tool-level-negotiation`),
    level: 'MUST',
    requirement: 'Call a tool as a task whose `taskSupport` is `required`.',
    by: ['runtime'],
    note: '`callTool` calls it as a task by itself, and waits for the result within its deadline.',
    tests: tests(FACTS, 'runs a tool to its end in a plain call, whose deadline cancels the task'),
  },
  {
    id: 'tasks:declared',
    places: [...in2025(`${PAGE}#capabilities`), ...in2025(`${PAGE}#task-support-and-handling`)],
    level: 'MUST',
    requirement: 'Declare `tasks` for requests of the server that are taken as tasks; ignore the mark elsewhere.',
    by: ['runtime'],
    note: 'None is declared: sampling and elicitation are answered at once, also where they are marked as a task.',
    tests: [
      ...contract('call:sampling:answered'),
      ...tests(
        'unit/link/initialize-server-side.test.ts',
        'is answered at once where it is marked as a task, which is not declared',
      ),
    ],
  },
  {
    id: 'tasks:poll',
    places: [...in2025(`${PAGE}#getting-tasks`), ...inTasks('task-polling')],
    level: 'SHOULD',
    requirement: 'Poll until the task is over or cancelled, as often as the server asks for.',
    by: ['runtime'],
    note: 'While somebody waits for it: when the server wants to be asked, between 100 ms and 5 min, else more and more slowly.',
    tests: [
      ...tests(
        HANDLE,
        'is looked at when its server wants it, within our bounds',
        'is looked at more and more slowly where its server says nothing',
      ),
      ...tests(FACTS, 'calls a tool as a task, follows its states and gives its result'),
    ],
  },
  {
    id: 'tasks:no-reliance',
    places: [...in2025(`${PAGE}#task-status-notification`), ...in2025(`${PAGE}#task-notifications`)],
    level: 'MUST NOT',
    requirement: 'Rely on notifications of the status: keep polling (SHOULD).',
    by: ['runtime'],
    note: 'A notification only shortens a pause.',
    tests: [
      ...tests(FACTS, 'needs no hint of the server, and takes one'),
      ...tests(HANDLE, 'is looked at once in each least pause, however often its server says that it changed'),
    ],
  },
  {
    id: 'tasks:any-stream',
    places: in2025(`${PAGE}#input-required-status`),
    level: 'SHOULD',
    requirement: 'Expect messages of a task on any stream.',
    by: ['runtime'],
    note: 'Messages are told apart by what they say, not by their stream: hints come on the general one, questions on that of the result.',
    tests: tests(
      FACTS,
      'needs no hint of the server, and takes one',
      'answers what a task asks for, once, by the handler of the host',
    ),
  },
  {
    id: 'tasks:input',
    places: in2025(`${PAGE}#input-required-status`),
    level: 'SHOULD',
    requirement: 'Ask for the result as soon as the task needs input.',
    by: ['runtime'],
    note: 'At the first `input_required`, and looked at meanwhile.',
    tests: [
      ...tests(HANDLE, 'is waited for while it wants to ask, and looked at meanwhile'),
      ...tests(FACTS, 'answers what a task asks for, once, by the handler of the host'),
    ],
  },
  {
    id: 'tasks:related',
    places: in2025(`${PAGE}#associating-task-related-messages`),
    level: 'MUST',
    requirement: 'Name the task in `_meta` of all that belongs to it, but not where a parameter names it (SHOULD NOT).',
    by: ['runtime'],
    note: 'Answers to its questions name it in `_meta`, requests about it by their parameter alone.',
    tests: [
      ...tests(FACTS, 'answers what a task asks for, once, by the handler of the host'),
      ...tests(INITIALIZE, 'names a task by the parameter of what is asked about it, and nowhere else'),
    ],
  },
  {
    id: 'tasks:progress',
    places: in2025('basic/utilities/progress#behavior-requirements'),
    level: 'MUST',
    requirement: 'Keep the progress token of a request for the whole life of its task.',
    by: ['sdk', 'runtime'],
    note: 'By the SDK, for as long as the epoch lasts in which it was begun.',
    tests: tests(INITIALIZE, 'hears the progress of a task for as long as it runs'),
  },
  {
    id: 'tasks:cursor',
    places: in2025(`${PAGE}#task-listing`),
    level: 'MUST',
    requirement: 'Take cursors of lists of tasks as they are.',
    by: ['runtime'],
    note: '`listTasks` follows them over all pages, within the bounds of tools.',
    tests: tests(INITIALIZE, 'lists tasks over all pages, by cursors as they are'),
  },
  {
    id: 'tasks:cancel',
    places: [
      ...in2025('basic/utilities/cancellation#behavior-requirements'),
      ...in2025(`${PAGE}#task-cancellation`),
      ...inTasks('task-cancellation'),
    ],
    level: 'MUST',
    requirement: 'Cancel a task by `tasks/cancel`, not by a notification; fetch what is needed of it before (SHOULD).',
    by: ['runtime', 'host'],
    note: '`cancel` of the handle, and the end of a plain call that is given up. What is needed of a task is for the host to fetch before.',
    tests: [
      ...tests(
        FACTS,
        'cancels on request, and says so to whoever waits',
        'runs a tool to its end in a plain call, whose deadline cancels the task',
        'cancels the task of a plain call that is aborted',
      ),
      ...tests(INITIALIZE, 'cancels a task whose creation was aborted as soon as it knows which it is'),
    ],
  },
  {
    id: 'tasks:audit',
    places: in2025(`${PAGE}#audit-and-logging`),
    level: 'SHOULD',
    requirement: 'Log what becomes of tasks, and keep track of their ids.',
    by: ['runtime', 'host'],
    note: 'The host logs around the handle: `id`, each state by `updates()`, and `taskId` of errors; none of it is in an event, for an id may give access.',
    tests: tests(FACTS, 'calls a tool as a task, follows its states and gives its result'),
  },
  {
    id: 'tasks:extension',
    places: inTasks('capability-negotiation'),
    level: 'MUST',
    requirement:
      'Where the extension is declared, take either result; take a task in reply to any other request for invalid.',
    by: ['runtime'],
    note: 'Declared to every server of 2026-07-28.',
    tests: [
      ...tests(
        DISCOVER,
        'says that it knows tasks, and names the task in the headers of what it asks about it',
        'gives a call that was answered at once as a task that is over, and has no id',
      ),
      ...tests('unit/link/discover-link.test.ts', 'takes a task in reply to %s for invalid'),
    ],
  },
  {
    id: 'tasks:persisted',
    places: inTasks('task-polling'),
    level: 'SHOULD',
    requirement: 'Keep ids of tasks where they outlive a crash.',
    by: ['host', 'runtime'],
    note: 'The host keeps `server` and `id`; `resumeTask` gives the handle again.',
    tests: tests(FACTS, 'gives the handle again to a host that was restarted'),
  },
  {
    id: 'tasks:update',
    places: [...inTasks('task-status'), ...inTasks('task-update-requests')],
    level: 'MUST',
    requirement: 'Look at `inputRequests`, treat each like the request it stands for, and answer it (SHOULD) once.',
    by: ['runtime', 'host'],
    note: 'By the same handlers and bounds as any question, once in the life of a task. One that is refused for good ends the task.',
    tests: [
      ...tests(
        FACTS,
        'answers what a task asks for, once, by the handler of the host',
        'answers what a task asks the model for by the handler of the host',
      ),
      ...tests(DISCOVER, 'ends a task whose question is refused for good, over %s'),
      ...tests(
        HANDLE,
        'is answered once, however often it is shown',
        'is answered in a new epoch that shows it again, without asking anybody again',
      ),
    ],
  },
  {
    id: 'tasks:header',
    places: inTasks('streamable-http-routing-headers'),
    level: 'MUST',
    requirement: 'Send the id of the task in `Mcp-Name`.',
    by: ['runtime'],
    note: 'With `tasks/get`, `tasks/update` and `tasks/cancel`.',
    tests: tests(DISCOVER, 'says that it knows tasks, and names the task in the headers of what it asks about it'),
  },
];
