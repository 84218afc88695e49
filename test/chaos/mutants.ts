import type { Mutation } from '../../controller/runtime/mutation.ts';

const issue = 'github POST /repos/acme/incidents/issues #1';

/** Of each broken rule the names of the cases that should notice it, the quickest to do so first. */
export const mutants: Readonly<Record<Mutation, readonly string[]>> = {
  'sends without an intent': [`late crash ${issue}`, 'crash accepted:ticket/github:1'],
  'sends before the intent is stored': ['unwritten status #1', 'unwritten status #2', 'unwritten status #3'],
  'sends again what another process began, without a look': ['crash accepted:ticket/github:1', `crash answer ${issue}`],
  'writes status over whatever is there': [
    'stale intent:live-status:1',
    'stale intent:channel:1',
    'stale intent:ticket/github:1',
  ],
  'has keys by generation': ['undisturbed'],
  'releases what is no longer wanted': ['policy taken away and put back'],
  'forgets an intent that is no longer wanted': [
    'unwanted accepted:ticket/github:1',
    'unwanted accepted:notice/slack/stakeholders:1',
  ],
  'believes the first look': [`late crash ${issue}`, 'lagging slack chat.postMessage #2'],
  'settles after its own sends only': [`late crash ${issue}`, 'late crash slack chat.postMessage #2'],
  'settles after taking over only': ['lagging slack chat.postMessage #2', 'lagging slack chat.postMessage #5'],
  'never audits': ['overtaken slack chat.update', 'overtaken github PATCH /repos/acme/incidents/issues/N'],
  'takes a failed look for an answer': [`blind ${issue}`, 'blind slack chat.postMessage #2'],
  'sends without asking whether it leads': ['thawed send:comment/github:1', 'thawed send:notice/slack/stakeholders:1'],
  'takes a lost answer for a refusal': [`dropAfter ${issue}`, 'dropAfter slack chat.postMessage #2'],
  'forgets receipts that are not stored yet': ['undisturbed'],
  'does once more what the timeline tells of': ['press Escalate, everything delivered again an hour later'],
  'acknowledges what it could not store': ['press !close, the API server refused'],
};
