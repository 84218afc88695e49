import { check, story, type Stage } from '../stage.ts';
import { issueOf, lastNotice, liveStatus, liveText, receipts } from './seen.ts';

export const raise = {
  title: 'Raise it to SEV1',
  async play(stage: Stage): Promise<void> {
    stage.screen.say('It is worse than it looked, and by now it is known when it began and when it was noticed.');
    stage.screen.gap();
    const declared = Date.parse(stage.seen.incident?.metadata.creationTimestamp ?? '') || Date.now();
    const spec = { severity: 'SEV1', startedAt: minutesBefore(declared, 14), detectedAt: minutesBefore(declared, 3) };
    await stage.kubectl(['patch', 'inc', story.name, '--type=merge', '-p', JSON.stringify({ spec })]);
    await stage.expect([
      check('the live status says SEV1', (seen) => /Severity: SEV1 \(Critical\)/.test(liveText(seen)), liveText),
      check(
        'it is the same message, edited in place',
        (seen, before) => liveStatus(seen) !== undefined && liveStatus(seen)?.ts === liveStatus(before)?.ts,
        (seen) => liveStatus(seen)?.ts,
      ),
      check(
        'the controller wrote an IncidentUpdate of type Severity',
        ({ updates }) =>
          updates.some(({ spec: { type, from, to } }) => type === 'Severity' && from === 'SEV2' && to === 'SEV1'),
        ({ updates }) => updates.map(({ spec: { type } }) => type).join(', '),
      ),
      check('the stakeholders know', (seen) => /raised from SEV2.* to SEV1/.test(lastNotice(seen)), lastNotice),
      check(
        'the issue says SEV1',
        (seen) => /SEV1/.test(issueOf(seen)?.lines[0] ?? ''),
        (seen) => issueOf(seen)?.lines[0],
      ),
      check('the receipts say so', (seen) => /Severity: SEV2 → SEV1/.test(receipts(seen)), receipts),
    ]);
    await stage.kubectl(['get', 'incidentupdates']);
  },
};

const minutesBefore = (time: number, minutes: number): string =>
  new Date(time - minutes * 60_000).toISOString().replace(/\.\d+Z$/, 'Z');
