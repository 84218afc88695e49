export interface Edit {
  /** Below controller/. */
  readonly file: string;
  /** Stands there exactly once. */
  readonly from: string;
  readonly to: string;
}

/** A small breakage of the protocol, and the cases that should notice it, the quickest to do so first. */
export interface Mutant extends Edit {
  readonly name: string;
  /** What would hide it. */
  readonly also?: readonly Edit[];
  /** Names of cases. */
  readonly cases: readonly string[];
}

const decide = 'runtime/decide.ts';
const flight = 'runtime/flight.ts';
const executor = 'runtime/executor.ts';
const issue = 'github POST /repos/acme/incidents/issues #1';

/** Each line of the protocol whose loss must not pass unseen. */
export const mutants: readonly Mutant[] = [
  {
    name: 'sends without an intent',
    file: decide,
    from: "if (s.port.recover !== 'resend') return { do: 'intend', attempt, ref: edits };",
    to: '',
    cases: [`late crash ${issue}`, 'crash accepted:ticket/github:1'],
  },
  {
    name: 'sends before the intent is stored',
    file: 'runtime/reconciler.ts',
    from: `    await this.#deps.writeStatus(object, patch);
    this.#dirtySince.delete(uid);
    pass.launch();`,
    to: `    pass.launch();
    await this.#deps.writeStatus(object, patch);
    this.#dirtySince.delete(uid);`,
    cases: ['unwritten status #1', 'unwritten status #2', 'unwritten status #3'],
  },
  {
    name: 'sends again what another process began, without a look',
    file: decide,
    from: 'return entry.session !== s.session || s.memory.lastSend !== undefined;',
    to: 'return entry.session === s.session && s.memory.lastSend !== undefined;',
    cases: ['crash accepted:ticket/github:1', `crash answer ${issue}`],
  },
  {
    name: 'writes status over whatever is there',
    file: 'cluster/writes.ts',
    from: 'const fenced = { ...body, metadata: { ...body.metadata, resourceVersion } };',
    to: 'const fenced = body;\n    void resourceVersion;',
    cases: ['stale intent:live-status:1', 'stale intent:channel:1', 'stale intent:ticket/github:1'],
  },
  {
    name: 'has keys by generation',
    file: 'incident/phases/tickets.ts',
    from: 'key: `ticket/${integration}`,',
    to: 'key: `ticket/${integration}-${scope.incident.metadata.generation}`,',
    cases: ['undisturbed'],
  },
  {
    name: 'releases what is no longer wanted',
    file: executor,
    from: 'released: released.has(key),',
    to: "released: released.has(key) || (effect === undefined && entry?.state === 'Done'),",
    cases: ['policy taken away and put back'],
  },
  {
    name: 'forgets an intent that is no longer wanted',
    file: decide,
    from: "  if (s.port.recover === 'hold')",
    to: "  if (!s.wanted) return mark('Cancelled', 'NotWanted', '');\n  if (s.port.recover === 'hold')",
    cases: ['unwanted accepted:ticket/github:1', 'unwanted accepted:notice/slack/stakeholders:1'],
  },
  {
    name: 'believes the first look',
    file: decide,
    from: 'const settled = Math.max(s.acquiredAt, s.memory.lastSend ?? 0) + (s.port.settle ?? defaultSettle);',
    to: 'const settled = 0;',
    cases: [`late crash ${issue}`, 'lagging slack chat.postMessage #2'],
  },
  {
    name: 'settles after its own sends only',
    file: decide,
    from: 'const settled = Math.max(s.acquiredAt, s.memory.lastSend ?? 0) + (s.port.settle ?? defaultSettle);',
    to: 'const settled = s.memory.lastSend === undefined ? 0 : s.memory.lastSend + (s.port.settle ?? defaultSettle);',
    cases: [`late crash ${issue}`, 'late crash slack chat.postMessage #2'],
  },
  {
    name: 'settles after taking over only',
    file: decide,
    from: 'const settled = Math.max(s.acquiredAt, s.memory.lastSend ?? 0) + (s.port.settle ?? defaultSettle);',
    to: 'const settled = s.acquiredAt + (s.port.settle ?? defaultSettle);',
    cases: ['lagging slack chat.postMessage #2', 'lagging slack chat.postMessage #5'],
  },
  {
    name: 'never audits',
    file: decide,
    from: 'if (auditAt !== undefined && !wanted.final && s.monotonic >= auditAt)',
    to: 'if (auditAt === -1)',
    cases: ['overtaken slack chat.update', 'overtaken github PATCH /repos/acme/incidents/issues/N'],
  },
  {
    name: 'takes a failed look for an answer',
    file: flight,
    from: "if (sure && operation !== 'observe') memory.clear = true;",
    to: 'if (sure) memory.clear = true;',
    cases: [`blind ${issue}`, 'blind slack chat.postMessage #2'],
  },
  {
    name: 'sends without asking whether it leads',
    file: flight,
    from: 'if (!options.leadership.leading())',
    to: 'if (options === undefined)',
    cases: ['thawed send:ticket/github:1', 'thawed send:notice/slack/stakeholders:1'],
  },
  {
    name: 'takes a lost answer for a refusal',
    file: flight,
    from: "const sure = rejected || (operation !== 'observe' && !this.#sentHere);",
    to: 'const sure = true;',
    cases: [`dropAfter ${issue}`, 'dropAfter slack chat.postMessage #2'],
  },
  {
    name: 'forgets receipts that are not stored yet',
    file: executor,
    from: 'if (there && sameEntry(there, entry)) landed.delete(key);',
    to: 'if (there !== undefined || entry !== undefined) landed.delete(key);',
    cases: ['undisturbed'],
  },
  {
    name: 'does once more what the timeline tells of',
    file: 'act/act.ts',
    from: 'if (told || current',
    to: 'if (current',
    cases: ['press Escalate, everything delivered again an hour later'],
  },
  {
    name: 'acknowledges what it could not store',
    file: 'slack/receiver.ts',
    from: 'acked = false;',
    to: '',
    cases: ['press !close, the API server refused'],
  },
];
